import Foundation

/// Where the files lie that come with the program: `sql/`, `migrations/`, `web/`.
enum InstalledFolder {
    /// The working directory, or else the nearest folder above the executable, that holds `marker`.
    /// - Parameter marker: a relative path, such as `sql/roles.sql`.
    static func find(holding marker: String) -> URL? {
        let current = URL(fileURLWithPath: FileManager.default.currentDirectoryPath)
        if holds(current, marker) { return current }
        guard let executable = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") else {
            return nil
        }
        var url = URL(fileURLWithPath: executable).deletingLastPathComponent()
        while url.pathComponents.count > 1 {
            if holds(url, marker) { return url }
            url.deleteLastPathComponent()
        }
        return nil
    }

    static func holds(_ folder: URL, _ marker: String) -> Bool {
        FileManager.default.fileExists(atPath: folder.appendingPathComponent(marker).path)
    }
}
