/// What `scipy.ndimage.zoom` takes beyond the ends of an axis.
package enum ZoomEdge: Sendable {
  /// The first and the last sample again and again.
  case nearest
  /// 0 at a place beyond the last sample, which rounding makes of the last place of some grids:
  /// `k * ((n - 1) / (m - 1))` may exceed n - 1 for k = m - 1, and a whole plane is 0 then.
  case constant
}

/// How the samples of one axis of a finer or coarser grid are made, as `scipy.ndimage.zoom` of 1.17 has it
/// with `grid_mode=False`: the first and the last samples of both grids lie on each other.
struct ZoomAxis {
  /// Samples that make one: 2 for order 1, 4 for order 3.
  let taps: Int
  let count: Int
  /// Which samples make the i-th: `taps` numbers from `taps * i` on, counted in the padded axis.
  let rows: [Int]
  /// Their weights; the last is what the others leave of 1 (`get_spline_interpolation_weights`).
  let weights: [Double]
  /// Whether the sample lies beyond the axis, and is 0.
  let isOutside: [Bool]

  /// - Parameters:
  ///   - length: samples before.
  ///   - count: samples after, at least 1.
  ///   - order: 1 or 3.
  ///   - padding: samples that the coefficients of order 3 have before the first.
  init(from length: Int, to count: Int, order: Int, _ edge: ZoomEdge, padding: Int) {
    precondition(order == 1 || order == 3, "no order: \(order)")
    self.count = count
    taps = order + 1
    var rows: [Int] = []
    var weights: [Double] = []
    var isOutside: [Bool] = []
    for place in ZoomAxis.places(from: length, to: count) {
      isOutside.append(edge == .constant && place > Double(length - 1))
      let shifted = place + Double(padding)
      let below = shifted.rounded(.down)
      let part = shifted - below
      let first = Int(below)
      if order == 1 {
        rows += [min(first, length - 1), min(first + 1, length - 1)]
        weights += [1 - part, 1 - (1 - part)]
      } else {
        rows += (first - 1...first + 2).map { ZoomAxis.mirrored($0, length + 2 * padding) }
        weights += ZoomAxis.cubic(part)
      }
    }
    (self.rows, self.weights, self.isOutside) = (rows, weights, isOutside)
  }

  /// Where the samples of the new grid lie on the old one; not kept within it.
  static func places(from length: Int, to count: Int) -> [Double] {
    let step = count > 1 ? Double(length - 1) / Double(count - 1) : 1
    return (0..<count).map { Double($0) * step }
  }

  /// Weights of the cubic B-spline at a share of the way from the second to the third sample.
  private static func cubic(_ part: Double) -> [Double] {
    let rest = 1 - part
    let first = rest * rest * rest / 6
    let second = (part * part * (part - 2) * 3 + 4) / 6
    let third = (rest * rest * (rest - 2) * 3 + 4) / 6
    return [first, second, third, 1 - first - second - third]
  }

  /// The sample that stands for one beyond the ends, which are mirrors.
  private static func mirrored(_ index: Int, _ length: Int) -> Int {
    guard length > 1 else { return 0 }
    let period = 2 * length - 2
    let inside = abs(index) % period
    return inside >= length ? period - inside : inside
  }
}
