import HTTPTypes
import Hummingbird

/// An inference request as it came: JSON, and behind it the tensors that are sent as bytes (the protocol's extension for
/// binary tensor data). Triton's clients name no content type.
struct OpenInferenceBody: Sendable {
    let json: [UInt8]
    let data: ArraySlice<UInt8>

    init(json: [UInt8], data: ArraySlice<UInt8> = []) {
        self.json = json
        self.data = data
    }

    /// - Throws: ``Problem`` 400, 408, 413, 415, or 422 for a header that is none.
    static func read(_ request: StreamRequest) async throws -> OpenInferenceBody {
        guard request.query.isEmpty else {
            throw Problem.invalid([.init(field: request.query[0].name, message: "is not a member of this request")])
        }
        let headers = request.request.headers
        let type = headers[.contentType]?.split(separator: ";").first?.lowercased()
        guard type == nil || type == "application/json" || type == "application/octet-stream" else {
            throw Problem.unsupportedMediaType("application/json or application/octet-stream")
        }
        let bytes = try await RequestBodyReader.bytes(request.request, route: request.route, willRead: request.willRead)
        guard let text = headers[.inferenceHeaderLength] else { return OpenInferenceBody(json: bytes) }
        guard let length = Int(text), length > 0, length <= bytes.count else {
            throw Problem.invalid([
                .init(
                    field: "Inference-Header-Content-Length",
                    message: "must be the bytes of the JSON, 1 to the \(bytes.count) of the body")
            ])
        }
        return OpenInferenceBody(json: Array(bytes[..<length]), data: bytes[length...])
    }
}

/// Numbers as the protocol lays them out: little-endian, one after the other.
enum TensorBytes {
    /// Bytes of one element; nil: a datatype that has no numbers.
    static func width(_ datatype: String) -> Int? {
        switch datatype {
        case "INT8", "UINT8": 1
        case "INT16", "UINT16": 2
        case "FP32", "INT32", "UINT32": 4
        case "FP64", "INT64", "UINT64": 8
        default: nil
        }
    }

    /// - Parameter bytes: a whole number of elements.
    static func numbers(_ bytes: ArraySlice<UInt8>, _ datatype: String) -> [Double] {
        guard let width = width(datatype) else { return [] }
        return stride(from: bytes.startIndex, to: bytes.endIndex, by: width).map { start in
            var bits: UInt64 = 0
            for offset in 0..<width { bits |= UInt64(bytes[start + offset]) << (8 * UInt64(offset)) }
            return switch datatype {
            case "FP32": Double(Float(bitPattern: UInt32(bits)))
            case "FP64": Double(bitPattern: bits)
            case "INT8": Double(Int8(truncatingIfNeeded: bits))
            case "INT16": Double(Int16(truncatingIfNeeded: bits))
            case "INT32": Double(Int32(truncatingIfNeeded: bits))
            case "INT64": Double(Int64(bitPattern: bits))
            default: Double(bits)
            }
        }
    }

    static func append(_ number: Double, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: number.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
    }
}

extension HTTPField.Name {
    static let inferenceHeaderLength = HTTPField.Name("Inference-Header-Content-Length")!
}
