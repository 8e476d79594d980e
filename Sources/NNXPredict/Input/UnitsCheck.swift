import NNXImage
import NNXModel
import NNXSystem
import NNXTensor

/// Asks whether the intensities of an image can be what the model was trained on, before an hour is spent
/// on nonsense. It refuses only what is certain: nothing that a scanner writes as Hounsfield units is
/// refused for CT, and nothing without the air of a CT for MR and PET.
enum UnitsCheck {
  /// What a channel holds, as far as its name tells.
  enum Kind {
    case ct, mr, pet, unknown
  }

  /// What the intensities of an image look like.
  private struct Range {
    var low: Float
    var high: Float
    /// Share of the voxels from -1100 to -900, where the air of a CT lies.
    var air: Double
  }

  /// - Parameter voxels: finite.
  private static func range(_ image: Image) -> Range {
    image.voxels.withSpan { span in
      var range = Range(low: .infinity, high: -.infinity, air: 0)
      var count = 0
      for index in span.indices {
        let value = span[index]
        range.low = min(range.low, value)
        range.high = max(range.high, value)
        if value >= -1100, value <= -900 { count += 1 }
      }
      range.air = Double(count) / Double(max(1, span.count))
      return range
    }
  }

  /// What a channel is by its name.
  static func kind(_ channel: String) -> Kind {
    switch Modality(ofChannel: channel) {
    case .ct: .ct
    case .pet: .pet
    case .mr: .mr
    case nil: .unknown
    }
  }

  /// What is wrong with the intensities; `nil` when they may be right.
  ///
  /// - Parameters:
  ///   - path: of the image, for the message.
  ///   - channel: its name in the model.
  ///   - normalization: of the channel, which for CT knows what it was trained on.
  static func problem(
    _ image: Image, _ path: String, channel: String, _ normalization: Normalization
  ) -> NNXError? {
    let range = range(image)
    // A constant image is a stand-in for one that is missing.
    guard range.low < range.high else { return nil }
    switch kind(channel) {
    case .ct where !isTrainedOnOther(normalization) && image.header.hasPlace:
      return notHounsfield(range).map { advice in
        NNXError(
          .notHounsfield, "\(path) does not look like CT in Hounsfield units",
          details: [
            "Its values run from \(text(range.low)) to \(text(range.high))"
              + trained(normalization)
          ],
          fixes: [advice, "Or go on with: --allow units"])
      }
    case .mr, .pet:
      guard looksLikeCT(range) else { return nil }
      return NNXError(
        .looksLikeCT, "\(path) looks like CT, and the model takes it for \(channel)",
        details: [
          "Its values run from \(text(range.low)) to \(text(range.high)), with air at -1000"
        ],
        fixes: [
          "Check the model, and the order of the images", "Or go on with: --allow units",
        ])
    default: return nil
    }
  }

  /// Why values are no Hounsfield units, as what to do; `nil` when they may be.
  ///
  /// Air is -1000 and fat lies from -120 to -50 (definition of the scale: water 0, air -1000), and a
  /// scan of a patient without both is a rescaled one.
  private static func notHounsfield(_ range: Range) -> String? {
    if range.low >= 0, range.high <= 1 {
      return "It was rescaled to 0 to 1; export it again in Hounsfield units"
    }
    if range.low >= 0, range.high <= 255 {
      return "It was rescaled to 8 bits, or holds labels; export it again in Hounsfield units"
    }
    if range.low >= 0, range.high <= 4095 {
      return "It may be stored with an offset, often 1024, that was not taken off; export it again"
    }
    if range.low >= 0 { return "Export it again in Hounsfield units" }
    if range.high - range.low < 30 {
      return "It was normalised; give the scan as it was before, in Hounsfield units"
    }
    // Bone or contrast, and neither fat nor air: MR after an interpolation that went below 0.
    if range.low > -50, range.high > 300 { return "Is it CT? Check the model with: nnx info" }
    return nil
  }

  private static func looksLikeCT(_ range: Range) -> Bool {
    range.air >= 0.01 && range.low >= -4096 && range.high > 0
  }

  /// Whether what the publisher called CT was trained on other units, such as those of micro-CT.
  private static func isTrainedOnOther(_ normalization: Normalization) -> Bool {
    guard let trained = intensities(normalization) else { return false }
    return trained.percentile99_5 - trained.percentile00_5 < 30 || trained.percentile99_5 > 5000
  }

  private static func intensities(_ normalization: Normalization) -> Normalization.Intensities? {
    switch normalization {
    case .ct(let values, _), .ct2(let values, _): values
    case .zScore, .none, .rescaleTo01, .rgbTo01: nil
    }
  }

  private static func trained(_ normalization: Normalization) -> String {
    guard let values = intensities(normalization) else { return "" }
    let (low, high) = (Float(values.percentile00_5), Float(values.percentile99_5))
    return "; what the model learned to find lies from \(text(low)) to \(text(high))"
  }

  /// Without needless decimals.
  private static func text(_ value: Float) -> String {
    guard abs(value) < 1e15 else { return "\(value)" }
    if abs(value) >= 100 || value == value.rounded() { return Double(value).wholeText }
    return "\((Double(value) * 100).rounded() / 100)"
  }
}

extension NNXError.Code {
  static let notHounsfield = NNXError.Code("not-hounsfield", .data)
  static let looksLikeCT = NNXError.Code("looks-like-ct", .data)
}
