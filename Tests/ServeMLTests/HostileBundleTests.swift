import Foundation
import Testing

@testable import ServeML

@Suite("Bundles that must not be served")
struct HostileBundleTests {
    /// Copies a fixture, spoils one file and loads it.
    private func load(_ name: String, file: String, verified: Bool = false, _ change: (inout [UInt8]) -> Void) throws
        -> String
    {
        try Fixture.withCopy(name) { _, directory in
            if !verified { try Fixture.forgetHashes(directory) }
            let url = directory.appendingPathComponent(file)
            var bytes = Array((try? Data(contentsOf: url)) ?? Data())
            change(&bytes)
            try Data(bytes).write(to: url)
            return refusal { _ = try ServeML.Bundle.load(directory: directory, key: Fixture.key) }
        }
    }

    private func metadata(_ from: String, _ to: String, fixture: String = "dual") throws -> String {
        try load(fixture, file: "metadata.json", verified: true) { bytes in
            bytes = Array(String(decoding: bytes, as: UTF8.self).replacingOccurrences(of: from, with: to).utf8)
        }
    }

    @Test func wrongSelfHashIsIgnoredEveryOtherIsEnforced() throws {
        #expect(try load("dual", file: "README", verified: true) { $0 = [1] } == "none")
        for file in ["ae_current.pt", "feature_spec.yaml", "standard_scaler_vibration.json", "golden.json"] {
            #expect(try load("dual", file: file, verified: true) { $0.append(32) } == "hash_mismatch", "\(file)")
        }
    }

    @Test func listedButAbsent() throws {
        let entry = "\"files_sha256\": {\n"
        let hash = String(repeating: "a", count: 64)
        #expect(try metadata(entry, entry + "\"notes.txt\": \"\(hash)\",") == "missing_file")
        #expect(try metadata(entry, entry + "\"standard_scaler_current.joblib\": \"\(hash)\",") == "none")
        #expect(try metadata(entry, entry + "\"../outside\": \"\(hash)\",") == "unsafe_path")
        #expect(try metadata(entry, entry + "\"/etc/passwd\": \"\(hash)\",") == "unsafe_path")
        #expect(try metadata(entry, entry + "\"x\": \"short\",") == "malformed_metadata")
    }

    @Test func metadataIsChecked() throws {
        #expect(try metadata("\"case\": \"A\"", "\"case\": \"D\"") == "malformed_metadata")
        #expect(try metadata("\"current\",\n", "\"../current\",\n") == "invalid_key")
        #expect(try metadata("\"case\": \"A\"", "\"case\": \"A\", \"impute\": \"mean\"") == "malformed_metadata")
        #expect(try metadata("\"current\": 1.0", "\"current\": 0", fixture: "null_threshold") == "bad_threshold")
        #expect(try metadata("\"current\": 1.0", "\"current\": \"1\"", fixture: "null_threshold") == "bad_threshold")
        #expect(try load("dual", file: "metadata.json") { $0.removeLast(10) } == "malformed_metadata")
        #expect(
            try load("dual", file: "metadata.json") { $0 = Array(String(repeating: "[", count: 900_000).utf8) }
                == "malformed_metadata")
        #expect(try load("dual", file: "metadata.json") { $0 = [UInt8](repeating: 32, count: 2 << 20) } == "too_large")
    }

    @Test func specificationIsChecked() throws {
        func spec(_ text: String) throws -> String {
            try load("dual", file: "feature_spec.yaml") { $0 = Array(text.utf8) }
        }
        #expect(try spec("features: [a, b]\nmodal_map: {current: [a], vibration: [b]}\n") == "shape_mismatch")
        #expect(try spec("features: [a, a]\nmodal_map: {current: [a]}\n") == "malformed_spec")
        #expect(try spec("features: [a]\nmodal_map: {current: [b]}\n") == "malformed_spec")
        #expect(try spec("features: [a]\n") == "malformed_spec")
        #expect(try spec("features: *x\n") == "malformed_spec")
        #expect(try spec("a: &a [x]\nb: [*a, *a]\nfeatures: [a]") == "malformed_spec")
        #expect(try spec(String(repeating: "- ", count: 20_000)) == "malformed_spec")
        #expect(try spec(String(repeating: "[", count: 20_000)) == "malformed_spec")
        #expect(try spec("\tfeatures: {{{") == "malformed_spec")
        #expect(try load("dual", file: "feature_spec.yaml") { $0 = [0xFF, 0xFE, 0x00] } == "malformed_spec")
    }

    @Test func scalersAreChecked() throws {
        func scaler(_ text: String) throws -> String {
            try load("single", file: "standard_scaler_current.json") { $0 = Array(text.utf8) }
        }
        #expect(try scaler(#"{"mean": [1], "scale": [1]}"#) == "shape_mismatch")
        #expect(try scaler(#"{"mean": "x"}"#) == "malformed_scaler")
        let ones = (0..<63).map { _ in "1" }.joined(separator: ",")
        let zeros = (0..<63).map { _ in "0" }.joined(separator: ",")
        #expect(try scaler("{\"mean\": [\(ones)], \"scale\": [\(zeros)]}") == "malformed_scaler")
        #expect(try scaler("{\"mean_\": [\(ones)], \"scale_\": [\(ones)]}") == "none")
    }

    @Test func pickleThatWantsToRunCodeIsRefusedByName() throws {
        let bytes = try Fixture.bytes("hostile/global.pt")
        do {
            _ = try TorchStateDict.read(bytes, file: "ae_current.pt")
            Issue.record("accepted")
        } catch {
            #expect(error == .forbiddenGlobal(file: "ae_current.pt", name: "posix system"))
        }
        #expect(try load("dual", file: "ae_current.pt") { $0 = bytes } == "forbidden_global")
    }

    @Test(arguments: [
        ("strided.pt", "non_contiguous"), ("integer.pt", "forbidden_global"), ("legacy.pt", "malformed_archive"),
        ("nested.pt", "malformed_pickle"),
    ])
    func torchFilesOfOtherKinds(_ file: String, _ code: String) throws {
        let bytes = try Fixture.bytes("hostile/\(file)")
        #expect(refusal { _ = try TorchStateDict.read(bytes, file: file) } == code)
    }

    /// A one-entry zip made by hand, with the fields that a hostile one would lie about.
    private func zip(
        name: String = "a/data.pkl", method: UInt16 = 0, size: UInt32? = nil, offset: UInt32 = 0, count: UInt16 = 1,
        flags: UInt16 = 0
    ) -> [UInt8] {
        let data = Array("hello".utf8)
        let nameBytes = Array(name.utf8)
        let checksum = CRC32.checksum(data[...])
        let stated = size ?? UInt32(data.count)
        var zip: [UInt8] = littleEndian(UInt32(0x0403_4B50)) + [20, 0, 0, 0, 0, 0, 0, 0, 0, 0] + littleEndian(checksum)
        zip +=
            littleEndian(stated) + littleEndian(stated) + littleEndian(UInt16(nameBytes.count)) + [0, 0] + nameBytes
            + data
        let start = UInt32(zip.count)
        for _ in 0..<count {
            zip +=
                littleEndian(UInt32(0x0201_4B50)) + [20, 0, 20, 0] + littleEndian(flags) + littleEndian(method) + [
                    0, 0, 0, 0,
                ]
            zip +=
                littleEndian(checksum) + littleEndian(stated) + littleEndian(stated)
                + littleEndian(UInt16(nameBytes.count))
            zip += [UInt8](repeating: 0, count: 12) + littleEndian(offset) + nameBytes
        }
        zip += littleEndian(UInt32(0x0605_4B50)) + [0, 0, 0, 0] + littleEndian(count) + littleEndian(count)
        return zip + littleEndian(UInt32(zip.count) - start) + littleEndian(start) + [0, 0]
    }

    @Test func archivesThatLie() throws {
        func code(_ bytes: [UInt8]) -> String { refusal { _ = try ZipArchive(bytes, file: "x") } }
        #expect(code(zip()) == "none")
        #expect(code(zip(method: 8)) == "compressed_entry")
        #expect(code(zip(size: 1_000_000)) == "malformed_archive")
        #expect(code(zip(size: 0xFFFF_FFFF)) == "malformed_archive")
        #expect(code(zip(offset: 0xFFFF_FF00)) == "malformed_archive")
        #expect(code(zip(count: 2)) == "malformed_archive")
        #expect(code(zip(flags: 1)) == "malformed_archive")
        #expect(code(Array(zip().dropLast(3))) == "malformed_archive")
        #expect(code([]) == "malformed_archive")
        var damaged = zip()
        damaged[40] ^= 1
        #expect(code(damaged) == "malformed_archive")
    }

    private func safetensors(_ header: String, data: Int, length: UInt64? = nil) -> [UInt8] {
        littleEndian(length ?? UInt64(header.utf8.count)) + Array(header.utf8) + [UInt8](repeating: 0, count: data)
    }

    @Test func safetensorsThatLie() {
        func code(_ header: String, _ data: Int, length: UInt64? = nil) -> String {
            refusal { _ = try SafeTensors.read(safetensors(header, data: data, length: length), file: "x") }
        }
        #expect(code(#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, 8) == "none")
        #expect(code(#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, 4) == "malformed_safetensors")
        #expect(code(#"{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}"#, 8) == "malformed_safetensors")
        #expect(
            code(#"{"a":{"dtype":"F32","shape":[1e9,1e9,1e9],"data_offsets":[0,8]}}"#, 8) == "malformed_safetensors")
        #expect(code(#"{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}"#, 8) == "malformed_safetensors")
        #expect(code(#"{"a":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}}"#, 8) == "unsupported_type")
        #expect(code(#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, 12) == "malformed_safetensors")
        #expect(
            code(
                #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"#
                    + #""b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
                4) == "malformed_safetensors")
        #expect(code("{}", 0, length: .max) == "malformed_safetensors")
        #expect(code("{}", 0, length: 3) == "malformed_safetensors")
    }

    @Test func tensorsMustFitTheArchitecture() throws {
        func code(_ change: (inout [String: Tensor]) -> Void) throws -> String {
            var tensors = try SafeTensors.read(
                try Fixture.bytes("single/\(Fixture.key)/ae_current.safetensors"), file: "x")
            change(&tensors)
            return refusal { _ = try Autoencoder(tensors, file: "x", inputs: 63) }
        }
        #expect(try code { _ in } == "none")
        #expect(try code { $0["encoder.0.weight"] = nil } == "unexpected_tensor")
        #expect(try code { for name in $0.keys where name.hasPrefix("decoder") { $0[name] = nil } } == "missing_tensor")
        #expect(try code { $0["classifier.weight"] = Tensor(shape: [1], values: [1]) } == "unexpected_tensor")
        #expect(try code { $0["encoder.0.bias"] = Tensor(shape: [1], values: [1]) } == "shape_mismatch")
        #expect(
            try code { $0["encoder.0.bias"] = Tensor(shape: [20], values: .init(repeating: .nan, count: 20)) }
                == "non_finite_weight")
        #expect(try code { $0["encoder.0.weight"] = Tensor(shape: [0, 63], values: []) } == "shape_mismatch")
    }

    @Test func linksOutOfTheDirectoryAreRefused() throws {
        try Fixture.withCopy("dual") { root, directory in
            let outside = root.appendingPathComponent("outside.json")
            try Data("{}".utf8).write(to: outside)
            let link = directory.appendingPathComponent("golden.json")
            try FileManager.default.removeItem(at: link)
            try FileManager.default.createSymbolicLink(at: link, withDestinationURL: outside)
            #expect(refusal { _ = try ServeML.Bundle.load(directory: directory, key: Fixture.key) } == "unsafe_path")
        }
    }

    @Test func namesThatClimbAreRefused() {
        for part in ["..", "", ".hidden", "a/b", "a\\b", "a\u{0}b", String(repeating: "x", count: 200)] {
            let key = BundleKey(equipmentID: part, power: "11kW", version: "v1")
            #expect(
                refusal { _ = try ServeML.Bundle.load(directory: Fixture.directory("dual"), key: key) } == "invalid_key"
            )
        }
    }

    @Test func aFileLaidBesideAHashedOneDoesNotReplaceIt() throws {
        try Fixture.withCopy("dual") { _, directory in
            try Data(Fixture.bytes("single/\(Fixture.key)/ae_current.safetensors")).write(
                to: directory.appendingPathComponent("ae_current.safetensors"))
            try ServeML.Bundle.load(directory: directory, key: Fixture.key).runGoldenSelfTest()
        }
    }
}
