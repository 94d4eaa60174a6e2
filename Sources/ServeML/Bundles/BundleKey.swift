/// What a bundle is served under: its directory's place below the root.
public struct BundleKey: Hashable, Sendable, Comparable, CustomStringConvertible {
    public var equipmentID: String
    /// The power bucket, as the directory is named.
    public var power: String
    public var version: String

    public init(equipmentID: String, power: String, version: String) {
        self.equipmentID = equipmentID
        self.power = power
        self.version = version
    }

    /// `equipment/power/version`
    public var description: String { "\(equipmentID)/\(power)/\(version)" }

    /// Refuses parts that are empty, hidden, too long, or could leave the root.
    func validate() throws(BundleError) {
        for part in [equipmentID, power, version] where !BundleDirectory.isPlainName(part) {
            throw .invalidKey(component: part)
        }
    }

    public static func < (a: BundleKey, b: BundleKey) -> Bool {
        (a.equipmentID, a.power, a.version) < (b.equipmentID, b.power, b.version)
    }
}
