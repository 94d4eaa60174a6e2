import Foundation

/// The usual numbers about the process itself, under the names that every Prometheus client library uses.
enum ProcessMetrics {
    static func register(in registry: MetricsRegistry) {
        let started = Date().timeIntervalSince1970
        registry.function("process_start_time_seconds", "Start of the process, seconds since the Unix epoch.") {
            started
        }
        registry.function("process_resident_memory_bytes", "Resident memory.") { Double(residentBytes()) }
        registry.function("process_cpu_seconds_total", "User and system time.", kind: .counter) { cpuSeconds() }
        registry.function("process_open_fds", "Open file descriptors.") {
            Double((try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count) ?? 0)
        }
        registry.gauge(
            "thin_build_info", "Always 1; the version is in the label.", labels: ["version": Version.current]
        ).set(1)
    }

    static func residentBytes() -> Int {
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .ascii) else { return 0 }
        let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
    }

    static func cpuSeconds() -> Double {
        var usage = rusage()
        guard getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else { return 0 }
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) * 1e-6 }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }
}
