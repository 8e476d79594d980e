import Glibc
import NNXImage
import NNXModel
import NNXSystem
import NNXTensor

/// Intensity normalisation of one channel, in float32 as nnU-Net computes it.
///
/// v2: `nnunetv2/preprocessing/normalization/default_normalization_schemes.py`. v1:
/// `GenericPreprocessor.resample_and_normalize` in `nnunet/preprocessing/preprocessing.py`.
/// Means and deviations are summed in double, which NumPy's pairwise float32 sums equal to 1e-6.
struct Normalizer {
  let scheme: Normalization
  let generation: ModelDescription.Generation

  init(_ scheme: Normalization, generation: ModelDescription.Generation) {
    self.scheme = scheme
    self.generation = generation
  }

  /// Normalises `channel` in place.
  ///
  /// - Parameters:
  ///   - channel: voxels in the image's units.
  ///   - mask: not 0 inside the region whose statistics are taken; `nil` when the scheme uses none.
  /// - Throws: `wrong-range` when an RGB scheme meets values outside 0…255.
  func apply(to channel: Tensor, mask: LabelMap?) throws {
    switch scheme {
    case .none: return
    case .ct(let intensities, _):
      clip(channel, intensities)
      let floor: Float = generation == .v2 ? 1e-8 : 0
      scale(
        channel, mean: intensities.mean, deviation: max(intensities.deviation, Double(floor)),
        double: intensities.isDouble)
      if generation == .v1, let mask { clear(channel, outside: mask) }
    case .ct2(let intensities, _):
      let low = Float(intensities.percentile00_5)
      let high = Float(intensities.percentile99_5)
      let (mean, deviation) = statistics(channel) { value, _ in value > low && value < high }
      clip(channel, intensities)
      scale(channel, mean: mean, deviation: deviation)
      if let mask { clear(channel, outside: mask) }
    case .zScore:
      zScore(channel, mask: mask)
    case .rescaleTo01:
      let (low, _) = extremes(channel)
      map(channel) { $0 - low }
      let (_, high) = extremes(channel)
      map(channel) { $0 / max(high, 1e-8) }
    case .rgbTo01:
      let (low, high) = extremes(channel)
      guard low >= 0, high <= 255 else {
        throw NNXError(
          .wrongRange,
          "the image's values run from \(low) to \(high); the model wants RGB, 0 to 255")
      }
      map(channel) { $0 / 255 }
    }
  }

  /// v2 divides by `max(std, 1e-8)`, v1 by `std + 1e-8`; outside the mask v2 keeps values and v1
  /// writes zeros.
  private func zScore(_ channel: Tensor, mask: LabelMap?) {
    let (mean, deviation) = statistics(channel) { _, index in mask.map { $0[index] != 0 } ?? true }
    let divisor = generation == .v2 ? max(deviation, 1e-8) : deviation + 1e-8
    guard let mask else { return scale(channel, mean: mean, deviation: divisor) }
    let (mean32, divisor32) = (Float(mean), Float(divisor))
    channel.withMutableSpan { values in
      for index in 0..<values.count where mask[index] != 0 {
        values[index] = (values[index] - mean32) / divisor32
      }
    }
    if generation == .v1 { clear(channel, outside: mask) }
  }

  private func clip(_ channel: Tensor, _ intensities: Normalization.Intensities) {
    let low = Float(intensities.percentile00_5)
    let high = Float(intensities.percentile99_5)
    map(channel) { min(max($0, low), high) }
  }

  private func scale(
    _ channel: Tensor, mean: Double, deviation: Double, double: Bool = false
  ) {
    if double {
      map(channel) { Float((Double($0) - mean) / deviation) }
    } else {
      let (mean, deviation) = (Float(mean), Float(deviation))
      map(channel) { ($0 - mean) / deviation }
    }
  }

  private func clear(_ channel: Tensor, outside mask: LabelMap) {
    channel.withMutableSpan { values in
      for index in 0..<values.count where mask[index] == 0 { values[index] = 0 }
    }
  }

  private func map(_ channel: Tensor, _ transform: (Float) -> Float) {
    channel.withMutableSpan { values in
      for index in 0..<values.count { values[index] = transform(values[index]) }
    }
  }

  /// Mean and population deviation of the voxels that `include` accepts; 0 and 0 without any.
  private func statistics(
    _ channel: Tensor, _ include: (Float, Int) -> Bool
  ) -> (mean: Double, deviation: Double) {
    channel.withSpan { values in
      var sum = 0.0
      var count = 0
      for index in 0..<values.count where include(values[index], index) {
        sum += Double(values[index])
        count += 1
      }
      guard count > 0 else { return (0, 0) }
      let mean = sum / Double(count)
      var squares = 0.0
      for index in 0..<values.count where include(values[index], index) {
        let difference = Double(values[index]) - mean
        squares += difference * difference
      }
      return (mean, (squares / Double(count)).squareRoot())
    }
  }

  /// No numbers when a voxel is none, as NumPy has it.
  private func extremes(_ channel: Tensor) -> (Float, Float) {
    channel.withSpan { values in
      var low = Float.infinity
      var high = -Float.infinity
      for index in 0..<values.count {
        if values[index].isNaN { return (.nan, .nan) }
        low = min(low, values[index])
        high = max(high, values[index])
      }
      return (low, high)
    }
  }
}

extension NNXError.Code {
  static let wrongRange = NNXError.Code("wrong-range", .data)
}
