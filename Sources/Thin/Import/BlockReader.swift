import CDispatch
import Dispatch
import Foundation
import Synchronization

/// Reads a file's next block on a thread of its own while the one before is being stored.
///
/// Unchecked: the file is the thread's alone, and `slot` is the thread's until `full` is signalled, the caller's until `empty` is.
final class BlockReader: @unchecked Sendable {
    struct Item {
        var block: ImportBlock
        /// Records of the file up to here.
        var record: Int
        /// Series that came up in this block, and all qualities so far.
        var newSeries: [ImportLayout.Series]
        var qualities: [String]
        /// Of the whole file, after its last record; nil: there is more.
        var sha256: String?
    }

    private let file: ImportFile
    private let blockPoints: Int
    private let full = DispatchSemaphore(value: 0)
    private let empty = DispatchSemaphore(value: 0)
    private let isStopped = Atomic<Bool>(false)
    private var slot: Result<Item, any Error>?

    /// - Parameter record: records that are done already.
    init(_ file: ImportFile, after record: Int, blockPoints: Int) {
        self.file = file
        self.blockPoints = blockPoints
        empty.signal()
        Thread.detachNewThread { self.run(after: record) }
    }

    /// Waits for the next block; not to be called after the last, or after an error.
    func next() throws -> Item {
        full.wait()
        defer { empty.signal() }
        return try slot!.get()
    }

    /// Lets the thread end.
    func stop() {
        isStopped.store(true, ordering: .relaxed)
        empty.signal()
    }

    private func run(after record: Int) {
        var known = 0
        var isLast = false
        repeat {
            empty.wait()
            if isStopped.load(ordering: .relaxed) { return }
            let item = Result {
                if known == 0 { try file.skip(toRecord: record) }
                return try read(&known)
            }
            if case .success(let item) = item { isLast = item.sha256 != nil } else { isLast = true }
            slot = item
            full.signal()
        } while !isLast
    }

    private func read(_ known: inout Int) throws -> Item {
        var block = ImportBlock()
        var isAtEnd = false
        while !isAtEnd, block.values.count < blockPoints, block.rejects.count < blockPoints,
            block.records < 4 * blockPoints
        {
            isAtEnd = try !file.next(into: &block)
        }
        let new = Array(file.series[known...])
        known = file.series.count
        return Item(
            block: block, record: file.record, newSeries: new, qualities: file.qualities,
            sha256: isAtEnd ? file.sha256 : nil)
    }
}
