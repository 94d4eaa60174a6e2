import Glibc

/// A file system, as `statvfs` sees it.
struct Volume: Sendable, Encodable {
    let path: String
    let totalBytes: Double
    /// For whoever is not root.
    let freeBytes: Double

    enum CodingKeys: String, CodingKey {
        case path
        case totalBytes = "total_bytes"
        case freeBytes = "free_bytes"
    }

    /// The file systems that these paths lie on, each once, under the first path that leads there. A path that cannot be
    /// looked at is left out.
    static func at(_ paths: [String]) -> [Volume] {
        var seen: Set<UInt> = []
        return paths.compactMap { path in
            var facts = statvfs()
            guard statvfs(path, &facts) == 0, facts.f_blocks > 0, seen.insert(UInt(facts.f_fsid)).inserted else {
                return nil
            }
            let block = Double(facts.f_frsize)
            return Volume(
                path: path, totalBytes: Double(facts.f_blocks) * block, freeBytes: Double(facts.f_bavail) * block)
        }
    }

    func report(to registry: MetricsRegistry) {
        registry.gauge("thin_volume_bytes", "Size of a file system of THIN_VOLUMES.", labels: ["path": path])
            .set(totalBytes)
        registry.gauge(
            "thin_volume_free_bytes", "Room left on a file system of THIN_VOLUMES, for whoever is not root.",
            labels: ["path": path]
        ).set(freeBytes)
    }
}
