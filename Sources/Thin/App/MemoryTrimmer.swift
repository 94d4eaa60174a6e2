import Foundation
import ServiceLifecycle

/// Gives memory back to the system after it was needed for a while: the allocator keeps what lies between what is still
/// in use, so that a flood that is long over would count for ever.
struct MemoryTrimmer: Service {
    private static let interval: Duration = .seconds(10)
    /// Growth since the last time that is worth the work, in bytes.
    private static let growth = 64 << 20

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var level = ProcessMetrics.residentBytes()
            while (try? await Task.sleep(for: Self.interval)) != nil {
                let resident = ProcessMetrics.residentBytes()
                if resident > level + Self.growth {
                    await BlockingWork.run { Self.trim() }
                    level = ProcessMetrics.residentBytes()
                } else {
                    level = min(level, resident)
                }
            }
        }
    }

    /// glibc's `malloc_trim(0)`, looked up by name: Swift's module of glibc leaves `malloc.h` out. Elsewhere nothing happens.
    static func trim() {
        typealias Function = @convention(c) (Int) -> Int32
        guard let symbol = dlsym(nil, "malloc_trim") else { return }
        _ = unsafeBitCast(symbol, to: Function.self)(0)
    }
}
