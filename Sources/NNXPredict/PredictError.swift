import NNXSystem

extension NNXError.Code {
  package static let channels = NNXError.Code("channels", .data)
  package static let noImages = NNXError.Code("no-images", .notFound)
  package static let unknownFold = NNXError.Code("unknown-fold", .usage)
  package static let wrongRange = NNXError.Code("wrong-range", .data)
}

/// The errors of prediction, with their wording.
enum PredictError {
  static func outsideRGB(_ low: Float, _ high: Float) -> NNXError {
    NNXError(
      .wrongRange, "the image's values run from \(low) to \(high); the model wants RGB, 0 to 255")
  }
}
