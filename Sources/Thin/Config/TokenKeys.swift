import Crypto
import Foundation
import Hexadecimal

/// The keys that sign and verify access tokens: one current, and earlier ones that stay valid until their tokens have
/// expired.
struct TokenKeys: Sendable {
    static let minimumBytes = 32
    /// A generated key has far more; a typed word repeated to 32 bytes has fewer.
    static let minimumDistinctBytes = 8

    struct Key: Sendable {
        /// Key id in the token's header: a hash of the key, so that it needs no bookkeeping and reveals nothing.
        let identifier: String
        let secret: Secret

        init(_ secret: Secret) {
            self.secret = secret
            let digest = SHA256.hash(data: Data("millwright-key-id:\(secret.value)".utf8))
            identifier = digest.prefix(8).hexadecimal
        }
    }

    let current: Key
    let previous: [Key]

    init(current: Secret, previous: [Secret] = []) {
        self.current = Key(current)
        self.previous = previous.map(Key.init)
    }

    init(_ environment: inout Environment) {
        let current = environment.required(
            "SECRET_KEY",
            "at least \(Self.minimumBytes) random bytes that sign access tokens, such as from: openssl rand -hex 32")
        if !current.isEmpty { Self.check(current, name: "SECRET_KEY", &environment) }
        let previous = environment.list("SECRET_KEYS_PREVIOUS")
        for key in previous { Self.check(key, name: "SECRET_KEYS_PREVIOUS", &environment) }
        self.init(current: Secret(value: current), previous: previous.map(Secret.init))
    }

    private static func check(_ key: String, name: String, _ environment: inout Environment) {
        if key.utf8.count < minimumBytes {
            environment.report(name, "must have at least \(minimumBytes) bytes")
        } else if Set(key.utf8).count < minimumDistinctBytes || looksLikeDefault(key) {
            environment.report(
                name, "is a default or a guessable value: make a random one, such as with: openssl rand -hex 32")
        }
    }

    /// Values that examples and tutorials carry. A secret that is in a repository is none.
    private static func looksLikeDefault(_ key: String) -> Bool {
        let lowered = key.lowercased().filter { $0.isLetter || $0.isNumber }
        let marks = [
            "changeme", "changethis", "yoursecret", "secretkey", "supersecret", "mysecret", "example", "password",
            "defaultsecret", "replaceme", "insecure", "developmentkey", "devkey", "testkey", "placeholder",
        ]
        return marks.contains { lowered.contains($0) } || lowered.hasPrefix("0123456789")
            || lowered.hasPrefix("abcdefghij")
    }
}
