import Foundation

/// A number that changes when anything below the bundles' folder does: names, sizes, times or identities of files.
///
/// Asked for every few seconds instead of being told by inotify: that does not hear of changes that another host makes on
/// a network file system, or of a volume that Kubernetes swaps by a link, and it needs a watch for each of thousands of
/// folders. Looking costs one `stat` a file.
public enum BundleFingerprint {
    /// equipment / power / version / file
    private static let depth = 4
    /// What no folder of bundles has; a root that was set to `/` must not be walked for ever.
    private static let maximumEntries = 1_000_000

    /// - Parameter root: need not exist.
    public static func of(root: String) -> UInt64 {
        var hash = Hash()
        var left = maximumEntries
        walk(root, depth, &hash, &left)
        return hash.value
    }

    private static func walk(_ path: String, _ depth: Int, _ hash: inout Hash, _ left: inout Int) {
        guard let directory = opendir(path) else { return hash.add(UInt64(errno)) }
        defer { closedir(directory) }
        var names: [String] = []
        while left > 0, let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard !name.hasPrefix(".") else { continue }
            left -= 1
            names.append(name)
        }
        // a file system may list them in any order
        for name in names.sorted() {
            var facts = stat()
            let child = path + "/" + name
            hash.add(name)
            guard stat(child, &facts) == 0 else {
                hash.add(UInt64(errno))
                continue
            }
            if facts.st_mode & S_IFMT == S_IFDIR {
                if depth > 1 { walk(child, depth - 1, &hash, &left) }
            } else {
                hash.add(UInt64(facts.st_ino))
                hash.add(UInt64(bitPattern: Int64(facts.st_size)))
                hash.add(UInt64(bitPattern: Int64(facts.st_mtim.tv_sec)))
                hash.add(UInt64(bitPattern: Int64(facts.st_mtim.tv_nsec)))
            }
        }
        // so that a file that moves up one level is a change
        hash.add(UInt64(depth))
    }

    /// FNV-1a
    private struct Hash {
        private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

        mutating func add(_ number: UInt64) {
            for shift in stride(from: 0, to: 64, by: 8) {
                value = (value ^ (number >> UInt64(shift) & 0xFF)) &* 0x100_0000_01B3
            }
        }

        mutating func add(_ text: String) {
            for byte in text.utf8 { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }
            add(UInt64(text.utf8.count))
        }
    }
}
