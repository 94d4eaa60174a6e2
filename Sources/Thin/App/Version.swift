/// The program's version: also the newest database that it knows.
enum Version {
    static let current = "0.1.0"
}
