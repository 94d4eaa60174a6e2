import Foundation
import Synchronization

// Feeds every reader of ours with spoilt and nearly valid bytes, in this process, for as long as asked.
//
//     fuzz FIXTURES [--seconds 60] [--seed 1] [--threads 2] [--face NAME]
//     fuzz FIXTURES --seed S --replay FACE:INDEX
//
// Prints one line for each face: inputs, how many were accepted, inputs a second. A crash, an input that takes longer than
// 5 s, an error without a name or memory that grows is a finding: it is printed with what repeats it, and the exit code is 1.

let arguments = CommandLine.arguments
func option(_ name: String) -> String? {
    arguments.firstIndex(of: "--\(name)").flatMap { $0 + 1 < arguments.count ? arguments[$0 + 1] : nil }
}
guard arguments.count >= 2 else {
    print("usage: fuzz FIXTURES [--seconds N] [--seed S] [--threads N] [--face NAME] [--replay FACE:INDEX]")
    exit(64)
}
let seed = option("seed").flatMap { UInt64($0) } ?? 1
var faces = try Faces.all(fixtures: URL(fileURLWithPath: arguments[1]))
if let only = option("face") { faces = faces.filter { $0.name == only } }

if let replay = option("replay") {
    let parts = replay.split(separator: ":")
    guard parts.count == 2, let index = UInt64(parts[1]), let face = faces.first(where: { $0.name == parts[0] }) else {
        exit(64)
    }
    var random = Seeded(seed: seed, face: face.name, index: index)
    let input = face.input(&random)
    print(String(decoding: input, as: UTF8.self).debugDescription)
    print("accepted:", try face.read(input, &random))
    exit(0)
}

let run = FuzzRun(faces: faces, seed: seed, threads: option("threads").flatMap { Int($0) } ?? 2)
exit(run.run(for: option("seconds").flatMap { Double($0) } ?? 60) ? 0 : 1)
