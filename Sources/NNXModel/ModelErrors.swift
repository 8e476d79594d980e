import NNXSystem

extension NNXError.Code {
  /// A pickle asks for something that is not on nnx's list of harmless values.
  package static let unsafePickle = NNXError.Code("unsafe-pickle", .data)
  /// A checkpoint or pickle is damaged, or not one of PyTorch's formats.
  static let invalidCheckpoint = NNXError.Code("invalid-checkpoint", .data)
  /// Plans, dataset or `model.json` contradict themselves, each other or the weights.
  package static let invalidModel = NNXError.Code("invalid-model", .data)
  /// The model is fine, but nnx has no engine for its network or its preprocessing.
  package static let unsupportedNetwork = NNXError.Code("unsupported-network", .data)
  /// A folder holds no nnU-Net model.
  package static let noModel = NNXError.Code("no-model", .data)
  /// A model has no such configuration or fold.
  package static let unknownConfiguration = NNXError.Code("unknown-configuration", .notFound)
}

extension NNXError {
  static func invalidCheckpoint(_ source: String, _ reason: String) -> NNXError {
    NNXError(.invalidCheckpoint, "\(source) is not a valid checkpoint: \(reason)")
  }
}

/// A name out of a foreign file, with a question mark for whatever is not printable ASCII.
func printable(_ name: String) -> String {
  String(name.map { $0.isASCII && $0 >= " " && $0 != "\u{7F}" ? $0 : "?" })
}
