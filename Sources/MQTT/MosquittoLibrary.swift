import CMosquitto

/// The library's own set-up, once in a process. It also ignores SIGPIPE for the process, which every socket here needs.
enum MosquittoLibrary {
    private static let once: Int32 = mosquitto_lib_init()

    static func initialize() { _ = once }
}
