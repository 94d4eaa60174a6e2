import Foundation
import Synchronization

/// Runs the faces on some threads and watches them.
final class FuzzRun: Sendable {
    private struct Totals {
        var inputs: [UInt64]
        var accepted: [UInt64]
        var seconds: [Double]
        var findings: [String] = []
    }

    /// An input that takes longer hangs.
    private static let patience = 5.0
    private static let slice = 0.2
    /// What readers may keep at once; more is growth.
    private static let residentLimit = 1 << 30

    private let faces: [Face]
    private let seed: UInt64
    private let threads: Int
    private let totals: Mutex<Totals>

    init(faces: [Face], seed: UInt64, threads: Int) {
        self.faces = faces
        self.seed = seed
        self.threads = max(1, min(threads, CrashReport.maximumThreads))
        let zeros = [UInt64](repeating: 0, count: faces.count)
        totals = Mutex(Totals(inputs: zeros, accepted: zeros, seconds: zeros.map(Double.init)))
    }

    /// - Returns: whether nothing was found.
    func run(for seconds: Double) -> Bool {
        CrashReport.install(faces: faces.map(\.name), seed: seed)
        let end = Date().addingTimeInterval(seconds)
        let finished = DispatchGroup()
        for thread in 0..<threads {
            finished.enter()
            Thread.detachNewThread {
                self.work(thread, until: end)
                finished.leave()
            }
        }
        while finished.wait(timeout: .now() + 1) == .timedOut { watch() }
        report(seconds)
        return totals.withLock { $0.findings.isEmpty }
    }

    private func work(_ thread: Int, until end: Date) {
        var turn = thread
        while Date() < end {
            one(turn % faces.count, thread, until: Date().addingTimeInterval(Self.slice))
            turn += 1
        }
    }

    private func one(_ number: Int, _ thread: Int, until end: Date) {
        let face = faces[number]
        let began = Date()
        // a slice of indices of its own
        var index = totals.withLock { $0.inputs[number] } << 8 | UInt64(thread)
        var count: UInt64 = 0
        var accepted: UInt64 = 0
        while count & 15 != 0 || Date() < end {
            CrashReport.begin(thread: thread, face: number, index: index)
            var random = Seeded(seed: seed, face: face.name, index: index)
            let input = face.input(&random)
            do {
                if try face.read(input, &random) { accepted += 1 }
            } catch {
                found("\(face.name):\(index) \(error)")
            }
            count += 1
            index &+= 256
        }
        CrashReport.end(thread: thread)
        let (counted, right) = (count, accepted)
        totals.withLock {
            $0.inputs[number] += counted
            $0.accepted[number] += right
            $0.seconds[number] += Date().timeIntervalSince(began)
        }
    }

    private func found(_ text: String) {
        totals.withLock {
            if $0.findings.count < 100 { $0.findings.append(text) }
        }
        say("finding: \(text)")
    }

    private func watch() {
        for thread in 0..<threads {
            if let (face, index, seconds) = CrashReport.current(thread: thread), seconds > Self.patience {
                say("finding: hang: --seed \(seed) --replay \(faces[face].name):\(index), \(seconds) s")
                report(0)
                exit(1)
            }
        }
        let resident = Self.resident()
        if resident > Self.residentLimit {
            say("finding: memory: \(resident >> 20) MB")
            report(0)
            exit(1)
        }
    }

    private static func resident() -> Int {
        let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
        return (text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * 4096
    }

    private func report(_ seconds: Double) {
        let totals = totals.withLock { $0 }
        for (number, face) in faces.enumerated() {
            let rate = totals.seconds[number] > 0 ? Double(totals.inputs[number]) / totals.seconds[number] : 0
            say("\(face.name): \(totals.inputs[number]) inputs, \(totals.accepted[number]) accepted, \(Int(rate))/s")
        }
        say(
            "in-process: \(totals.inputs.reduce(0, +)) inputs, \(totals.findings.count) findings, seed \(seed), \(Self.resident() >> 20) MB"
        )
    }
}

/// At once, so that nothing is lost when the process ends by itself.
private func say(_ text: String) {
    FileHandle.standardOutput.write(Data((text + "\n").utf8))
}

/// Says which input a crash was in: from a signal handler, so nothing here allocates.
enum CrashReport {
    static let maximumThreads = 64
    /// Unchecked: each thread writes its own place, the watcher and the signal handler read.
    nonisolated(unsafe) private static let places = UnsafeMutablePointer<Place>.allocate(capacity: maximumThreads)
    nonisolated(unsafe) private static var names: [StaticBuffer] = []
    nonisolated(unsafe) private static var seed: UInt64 = 0

    private struct Place {
        var face = -1
        var index: UInt64 = 0
        var began: UInt64 = 0
    }

    private struct StaticBuffer {
        let start: UnsafeMutablePointer<CChar>
        let count: Int
    }

    static func install(faces: [String], seed: UInt64) {
        places.initialize(repeating: Place(), count: maximumThreads)
        names = faces.map { StaticBuffer(start: strdup($0), count: $0.utf8.count) }
        self.seed = seed
        for number in [SIGILL, SIGSEGV, SIGTRAP, SIGABRT, SIGBUS, SIGFPE] {
            signal(number) { number in
                CrashReport.say(number)
                signal(number, SIG_DFL)
                raise(number)
            }
        }
    }

    static func begin(thread: Int, face: Int, index: UInt64) {
        places[thread] = Place(face: face, index: index, began: DispatchTime.now().uptimeNanoseconds)
    }

    static func end(thread: Int) { places[thread].face = -1 }

    static func current(thread: Int) -> (face: Int, index: UInt64, seconds: Double)? {
        let place = places[thread]
        guard place.face >= 0 else { return nil }
        let now = DispatchTime.now().uptimeNanoseconds
        return (place.face, place.index, now > place.began ? Double(now - place.began) / 1e9 : 0)
    }

    private static func say(_ number: Int32) {
        write("finding: crash by signal ")
        write(UInt64(number))
        for thread in 0..<maximumThreads where places[thread].face >= 0 {
            write(", perhaps --seed ")
            write(seed)
            write(" --replay ")
            let name = names[places[thread].face]
            _ = Foundation.write(1, name.start, name.count)
            write(":")
            write(places[thread].index)
        }
        write("\n")
    }

    private static func write(_ text: StaticString) {
        _ = Foundation.write(1, text.utf8Start, text.utf8CodeUnitCount)
    }

    private static func write(_ number: UInt64) {
        var divisor: UInt64 = 1
        while number / divisor >= 10 { divisor *= 10 }
        while divisor > 0 {
            var digit = UInt8(ascii: "0") + UInt8(number / divisor % 10)
            _ = Foundation.write(1, &digit, 1)
            divisor /= 10
        }
    }
}
