public import Foundation

/// Certificates that live for two days, made by openssl at test time.
public enum TestCertificates {
    public static var isAvailable: Bool { TestTool.find("openssl") != nil }

    /// Writes ca.pem, stranger.pem (an authority that signed nothing), server.pem and server.key.
    public static func make(in folder: URL) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
        let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        for name in ["ca", "stranger"] {
            try TestTool.run(
                "openssl",
                ["req", "-x509"] + key + [
                    "-days", "2", "-subj", "/CN=Millwright test \(name)", "-keyout", path("\(name).key"),
                    "-out", path("\(name).pem"),
                ])
        }
        try TestTool.run(
            "openssl",
            ["req"] + key + ["-subj", "/CN=localhost", "-keyout", path("server.key"), "-out", path("server.csr")])
        try "subjectAltName=DNS:localhost,IP:127.0.0.1\n".write(
            toFile: path("names.cnf"), atomically: true, encoding: .utf8)
        try TestTool.run(
            "openssl",
            [
                "x509", "-req", "-in", path("server.csr"), "-CA", path("ca.pem"), "-CAkey", path("ca.key"),
                "-CAcreateserial", "-days", "2", "-extfile", path("names.cnf"), "-out", path("server.pem"),
            ])
    }
}
