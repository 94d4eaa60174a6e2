public import Foundation
import Synchronization

/// The bundles below one root: verified on `reload`, loaded when first asked for, dropped again when memory runs short.
///
/// A bundle that was handed out stays valid for as long as its holder keeps it; a reload swaps the whole catalogue at
/// once, so no request ever
/// sees half of it.
public final class BundleStore: Sendable {
    private struct Entry {
        var directory: URL
        var signature: String
        var sha256: String
        var registryJSON: String
        /// The files on disk have gone bad since: the state in memory is the last good one, and must stay there.
        var isPinned = false
    }

    private struct Resident {
        var bundle: Bundle
        var lastUse: UInt64
    }

    private struct State {
        var entries: [BundleKey: Entry] = [:]
        var resident: [BundleKey: Resident] = [:]
        var residentBytes = 0
        var clock: UInt64 = 0
        /// Signature → reason, so that a bad bundle is not hashed again until it changes.
        var refusals: [BundleKey: (signature: String, rejected: RejectedBundle)] = [:]
        var rejected: [RejectedBundle] = []
    }

    public let root: URL
    public let memoryLimitBytes: Int
    private let state = Mutex(State())
    private let reloading = Mutex(())

    /// - Parameters:
    ///   - root: holds `equipment/power/version` directories; it need not exist yet.
    ///   - memoryLimitBytes: bundles beyond it leave memory, least recently used first. The one in use always fits.
    public init(root: URL, memoryLimitBytes: Int = 512 << 20) {
        self.root = root
        self.memoryLimitBytes = memoryLimitBytes
    }

    /// Keys that are served, in order.
    public var keys: [BundleKey] { state.withLock { $0.entries.keys.sorted() } }
    public var rejected: [RejectedBundle] { state.withLock { $0.rejected } }
    public var residentBytes: Int { state.withLock { $0.residentBytes } }
    public var residentCount: Int { state.withLock { $0.resident.count } }

    public var equipmentIDs: [String] { Set(keys.map(\.equipmentID)).sorted() }

    public func powers(equipmentID: String) -> [String] {
        Set(keys.filter { $0.equipmentID == equipmentID }.map(\.power)).sorted()
    }

    public func versions(equipmentID: String, power: String) -> [String] {
        keys.filter { $0.equipmentID == equipmentID && $0.power == power }.map(\.version)
    }

    /// The bundle, from memory or from disk. Blocks while it reads (a few milliseconds).
    ///
    /// - Throws: `unknownBundle`, `changedSinceSync` when the files are no longer those that were verified, or what
    ///   loading them found.
    public func bundle(_ key: BundleKey) throws(BundleError) -> Bundle {
        let (resident, entry) = state.withLock { state -> (Bundle?, Entry?) in
            state.clock += 1
            state.resident[key]?.lastUse = state.clock
            return (state.resident[key]?.bundle, state.entries[key])
        }
        if let resident { return resident }
        guard let entry else {
            throw .unknownBundle(
                key: key.description,
                available: Array(keys.filter { $0.equipmentID == key.equipmentID }.prefix(50).map(\.description)))
        }
        let bundle = try Bundle.load(directory: entry.directory, key: key)
        guard bundle.sha256 == entry.sha256 else { throw .changedSinceSync(key: key.description) }
        state.withLock { state in
            // A reload may have replaced the entry meanwhile; what it verified last is what stays in memory.
            guard state.entries[key]?.sha256 == bundle.sha256 else { return }
            Self.keep(bundle, in: &state)
            Self.evict(&state, limit: memoryLimitBytes, except: key)
        }
        return bundle
    }

    /// Looks at every bundle below the root, verifies and self-tests those that are new or changed, and swaps the
    /// catalogue.
    ///
    /// Unchanged files (names, sizes, times) are not read again. Concurrent calls run one after the other.
    public func reload() -> SyncReport {
        reloading.withLock { _ in scanAndSwap() }
    }

    private func scanAndSwap() -> SyncReport {
        let (found, unusable) = BundleScanner.scan(root: root)
        let (entries, refusals) = state.withLock { ($0.entries, $0.refusals) }
        var report = SyncReport(
            upserts: [], unchanged: [], removed: [], rejected: unusable, bundlesJSON: "", rejectedJSON: "")
        var verified: [BundleKey: Entry] = [:]
        var fresh: [Bundle] = []
        var freshBytes = 0
        var newRefusals: [BundleKey: (signature: String, rejected: RejectedBundle)] = [:]
        for (key, directory) in found.sorted(by: { $0.key < $1.key }) {
            let signature = (try? BundleDirectory(path: directory.path))?.signature() ?? ""
            if let entry = entries[key], entry.signature == signature, !entry.isPinned {
                verified[key] = entry
                report.unchanged.append(key)
                continue
            }
            if let refusal = refusals[key], refusal.signature == signature {
                newRefusals[key] = refusal
                report.rejected.append(refusal.rejected)
                continue
            }
            do throws(BundleError) {
                let bundle = try Bundle.load(directory: directory, key: key)
                try bundle.runGoldenSelfTest()
                verified[key] = Entry(
                    directory: directory, signature: signature, sha256: bundle.sha256,
                    registryJSON: bundle.registryJSON())
                report.upserts.append(key)
                // What would not fit is let go at once, so that a first scan of many bundles stays within the bound.
                if freshBytes + bundle.memoryBytes <= memoryLimitBytes {
                    freshBytes += bundle.memoryBytes
                    fresh.append(bundle)
                }
            } catch {
                let rejected = RejectedBundle(path: key.description, error: error)
                newRefusals[key] = (signature, rejected)
                report.rejected.append(rejected)
            }
        }
        state.withLock { state in
            for (key, entry) in state.entries where verified[key] == nil {
                if newRefusals[key] != nil, state.resident[key] != nil {
                    verified[key] = entry
                    verified[key]?.isPinned = true
                } else {
                    report.removed.append(key)
                }
            }
            state.entries = verified
            state.refusals = newRefusals
            state.rejected = report.rejected
            for key in Array(state.resident.keys) where state.resident[key]?.bundle.sha256 != verified[key]?.sha256 {
                Self.drop(key, from: &state)
            }
            for bundle in fresh { Self.keep(bundle, in: &state) }
            Self.evict(&state, limit: memoryLimitBytes, except: nil)
        }
        report.removed.sort()
        report.bundlesJSON =
            "[" + verified.sorted { $0.key < $1.key }.map(\.value.registryJSON).joined(separator: ",") + "]"
        report.rejectedJSON = "[" + report.rejected.map { $0.json() }.joined(separator: ",") + "]"
        return report
    }

    private static func keep(_ bundle: Bundle, in state: inout State) {
        drop(bundle.key, from: &state)
        state.clock += 1
        state.resident[bundle.key] = Resident(bundle: bundle, lastUse: state.clock)
        state.residentBytes += bundle.memoryBytes
    }

    private static func drop(_ key: BundleKey, from state: inout State) {
        guard let old = state.resident.removeValue(forKey: key) else { return }
        state.residentBytes -= old.bundle.memoryBytes
    }

    private static func evict(_ state: inout State, limit: Int, except key: BundleKey?) {
        while state.residentBytes > limit {
            let victim = state.resident.filter { $0.key != key && state.entries[$0.key]?.isPinned != true }
                .min { $0.value.lastUse < $1.value.lastUse }
            guard let victim else { return }
            drop(victim.key, from: &state)
        }
    }
}
