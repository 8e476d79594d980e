import CKernels
import NNXTensor

/// How values between samples are found; raw values are the orders of scikit-image.
package enum Interpolation: Int, Sendable {
  case nearest = 0
  case linear = 1
  /// The cubic B-spline through the samples.
  case cubic = 3
}

/// Which samples of an axis, with which weights, make each sample of the resampled axis.
///
/// The rules of `skimage.transform.resize(order, mode="edge", anti_aliasing=False)`, that is of
/// `scipy.ndimage.zoom(grid_mode=True, mode="nearest")`: output sample k lies at
/// `(k + 0.5) * in / out - 0.5`, in double.
struct AxisSamples: Sendable {
  let inputCount: Int
  let outputCount: Int
  /// Copies of the edge sample on either side before a spline is laid through them (scipy's
  /// `_prepad_for_spline_filter`).
  let padding: Int
  /// Samples that make one output sample.
  let taps: Int
  /// Indices into the padded axis, `outputCount * taps`.
  let rows: [Int32]
  /// One for each of `rows`.
  let weights: [Double]

  init(from inputCount: Int, to outputCount: Int, _ interpolation: Interpolation) {
    precondition(inputCount > 0 && outputCount > 0, "an axis without samples")
    self.inputCount = inputCount
    self.outputCount = outputCount
    padding = interpolation == .cubic ? 12 : 0
    var rows: [Int32] = []
    var weights: [Double] = []
    for k in 0..<outputCount {
      let place = AxisPlace(k, from: inputCount, to: outputCount)
      switch interpolation {
      case .nearest:
        rows.append(Int32(place.nearest))
        weights.append(1)
      case .linear:
        let own = 1 - place.share
        rows += [Int32(place.first), Int32(min(place.first + 1, inputCount - 1))]
        weights += [own, 1 - own]
      case .cubic:
        let padded = place.position + Double(padding)
        let start = padded.rounded(.down)
        rows += (-1...2).map { Int32(start) + $0 }
        weights += AxisSamples.cubicWeights(padded - start)
      }
    }
    taps = interpolation == .nearest ? 1 : interpolation == .linear ? 2 : 4
    self.rows = rows
    self.weights = weights
  }

  /// The cubic B-spline at `-1 - y`, `-y`, `1 - y`, `2 - y`, as ni_splines.c of scipy evaluates it.
  private static func cubicWeights(_ y: Double) -> [Double] {
    let x = 1 - y
    let second = (y * y * (y - 2) * 3 + 4) / 6
    let third = (x * x * (x - 2) * 3 + 4) / 6
    let first = x * x * x / 6
    return [first, second, third, 1 - first - second - third]
  }

  /// Calls `body` with the description that kernels take.
  func withKernelArgument(_ body: (UnsafePointer<nnx_resampling>) -> Void) {
    unsafe rows.withUnsafeBufferPointer { rows in
      unsafe weights.withUnsafeBufferPointer { weights in
        var argument = unsafe nnx_resampling(
          in: inputCount, out: outputCount, padding: padding, taps: Int32(taps),
          rows: rows.baseAddress, weights: weights.baseAddress)
        unsafe withUnsafePointer(to: &argument) { unsafe body($0) }
      }
    }
  }

  /// Rows that kernels keep in their work area.
  var paddedCount: Int { inputCount + 2 * padding }

  /// The two samples around an output sample, or twice the one that makes it, and their weights.
  func pair(_ k: Int) -> (rows: (Int, Int), weights: (Double, Double)) {
    precondition(taps <= 2, "a spline has more samples")
    guard taps == 2 else { return ((Int(rows[k]), Int(rows[k])), (1, 0)) }
    return ((Int(rows[2 * k]), Int(rows[2 * k + 1])), (weights[2 * k], weights[2 * k + 1]))
  }
}

/// Where an output sample lies on the axis before, by the rule of `AxisSamples`.
struct AxisPlace {
  /// Also beyond the samples.
  let position: Double
  /// The same, kept within the samples.
  private let inside: Double

  init(_ k: Int, from inputCount: Int, to outputCount: Int) {
    position = (Double(k) + 0.5) * (Double(inputCount) / Double(outputCount)) - 0.5
    inside = min(max(position, 0), Double(inputCount - 1))
  }

  var nearest: Int { Int((inside + 0.5).rounded(.down)) }
  /// The sample before it.
  var first: Int { Int(inside.rounded(.down)) }
  /// How far it lies behind `first`, of the distance of two samples.
  var share: Double { inside - inside.rounded(.down) }
}
