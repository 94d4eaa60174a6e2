import ServeML

extension FeatureValues {
    /// `{"name": number, …}`. The values must be finite.
    var json: [UInt8] {
        var text = "{"
        for index in 0..<count {
            if index > 0 { text += "," }
            text += "\(String.json(name(index))):\(value(index))"
        }
        return Array((text + "}").utf8)
    }

    /// The first value that JSON cannot express.
    var firstNotFinite: String? {
        (0..<count).first { !value($0).isFinite }.map(name)
    }
}
