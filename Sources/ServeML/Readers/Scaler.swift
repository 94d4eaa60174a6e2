/// A standard scaler: (x − mean) / scale, per feature of one modality.
struct Scaler: Sendable, Equatable {
    let mean: [Double]
    let scale: [Double]

    /// `{"mean": […], "scale": […]}`; scikit-learn's attribute names `mean_` and `scale_` are read too.
    init(_ bytes: [UInt8], file: String, count: Int) throws(BundleError) {
        let json: JSONValue
        do { json = try JSONParser.parse(bytes) } catch { throw .malformedScaler(file: file, detail: error.text) }
        guard let mean = (json["mean"] ?? json["mean_"])?.numbers,
            let scale = (json["scale"] ?? json["scale_"])?.numbers
        else {
            throw .malformedScaler(file: file, detail: "mean and scale are not lists of numbers")
        }
        guard mean.count == count, scale.count == count else {
            throw .shapeMismatch(
                file: file, detail: "\(mean.count) means and \(scale.count) scales for \(count) features")
        }
        guard mean.allSatisfy(\.isFinite), scale.allSatisfy({ $0.isFinite && $0 > 0 }) else {
            throw .malformedScaler(file: file, detail: "a mean is not finite or a scale is not positive")
        }
        self.mean = mean
        self.scale = scale
    }
}
