import Foundation
import ServeML

// Times predictions with a bundle, one thread, and prints p50 and p99 in microseconds as one JSON line per measurement.
//
//     serveml-bench BUNDLE_DIRECTORY [--iterations 20000] [--copies 1000]
//     serveml-bench BUNDLE_DIRECTORY --repeat score|predict|fault|message --iterations N      (no times: for counting)
//     serveml-bench BUNDLE_DIRECTORY --csv RECORDING      (scores every row instead: row,score,anomaly)
//
// The directory's last three components are equipment, power and version. Inputs are the bundle's own golden vectors.

let arguments = CommandLine.arguments
guard arguments.count >= 2 else {
    print("usage: serveml-bench BUNDLE_DIRECTORY [--iterations N] [--copies N]")
    exit(64)
}
let directory = URL(fileURLWithPath: arguments[1], isDirectory: true).standardizedFileURL
func text(after option: String) -> String? {
    guard let position = arguments.firstIndex(of: option), position + 1 < arguments.count else { return nil }
    return arguments[position + 1]
}
func number(after option: String) -> Int? { text(after: option).flatMap { Int($0) } }
let iterations = number(after: "--iterations") ?? 20_000
let parts = directory.pathComponents.suffix(3)
guard parts.count == 3, iterations > 0 else {
    print("the directory is not …/equipment/power/version, or the number of iterations is not positive")
    exit(64)
}
let names = Array(parts)
let key = BundleKey(equipmentID: names[0], power: names[1], version: names[2])

do {
    let clock = ContinuousClock()
    var bundle: ServeML.Bundle?
    let loading = try clock.measure { bundle = try ServeML.Bundle.load(directory: directory, key: key) }
    guard let bundle else { exit(1) }
    let testing = try clock.measure { try bundle.runGoldenSelfTest() }
    if let recording = text(after: "--csv") {
        try bundle.runGoldenSelfTest()
        try Recording(path: recording, features: bundle.featureNames).printScores(bundle)
        exit(0)
    }
    report("load, hash and verify", [loading])
    report("golden self-test", [testing])
    let workload = Workload(bundle: bundle, directory: directory, iterations: iterations)
    if let name = text(after: "--repeat") {
        try workload.repeatOnly(name)
        exit(0)
    }
    try workload.run()
    if bundle.steps == 1 { try workload.runWaveforms() }
    if let copies = number(after: "--copies"), copies > 0 { try workload.runMany(copies) }
} catch let error as BundleError {
    print(error.description)
    exit(1)
} catch let error as PredictionError {
    print(error.description)
    exit(1)
}
