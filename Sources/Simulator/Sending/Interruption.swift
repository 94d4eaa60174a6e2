import Glibc
import Synchronization

/// Ctrl-C and SIGTERM end a run in an orderly way; a second one ends it at once.
enum Interruption {
    private static let requests = Atomic<Int>(0)

    static var isRequested: Bool { requests.load(ordering: .relaxed) > 0 }

    static func install() {
        for number in [SIGINT, SIGTERM] {
            signal(number) { _ in
                if Interruption.requests.add(1, ordering: .relaxed).newValue > 1 { _exit(130) }
            }
        }
    }
}

/// Lines for people and programs.
enum Terminal {
    static func line(_ text: String) {
        print(text)
        // To a pipe, too, each line at once.
        fflush(nil)
    }

    static func error(_ text: String) {
        let line = Array("simulator: \(text)\n".utf8)
        _ = write(2, line, line.count)
    }
}
