import NNXTensor

/// The rows along x of one place along y, one after the other along z; one for each thread.
///
/// Rows are kept in vectors of four, the last one filled up; a vector's lanes are multiplied and added one by one, so
/// that no bit depends on them.
final class ZoomRow {
  typealias Vector = SIMD4<Double>

  private let shape: [Int]
  private let source: ZoomSource
  private let coefficients: SplineCoefficients?
  private let taps: Int
  /// Samples of a row.
  let width: Int
  /// Vectors in a row.
  private let length: Int
  private let axis: ZoomAxis
  /// The axis's samples, tap by tap: `columns[tap * width + x]`.
  private let columns: Buffer<Int32>
  private let weights: Buffer<Double>
  /// Products of samples and their weights along x and y, by the input's plane: `taps` planes, in each
  /// `[x tap][y tap][x]`.
  private let products: Buffer<Vector>
  /// Which of the input's planes each of them holds.
  private var held: [Int]
  private var place = 0
  private var across: ZoomAxis
  /// The results of `sum`.
  let sums: Buffer<Vector>

  init(_ source: ZoomSource, _ coefficients: SplineCoefficients?, along axis: ZoomAxis) {
    shape = coefficients?.shape ?? source.shape
    (self.source, self.coefficients, self.axis, across) = (source, coefficients, axis, axis)
    (taps, width) = (axis.taps, axis.count)
    length = (axis.count + 3) / 4
    var columns: [Int32] = []
    var weights: [Double] = []
    for tap in 0..<axis.taps {
      for x in 0..<axis.count {
        columns.append(Int32(axis.rows[x * axis.taps + tap]))
        weights.append(axis.weights[x * axis.taps + tap])
      }
    }
    (self.columns, self.weights) = (Buffer(columns), Buffer(weights))
    products = Buffer(axis.taps * axis.taps * axis.taps * length)
    held = [Int](repeating: -1, count: axis.taps)
    sums = Buffer(length)
  }

  /// Goes to a place along y.
  func begin(_ across: ZoomAxis, _ place: Int) {
    (self.across, self.place) = (across, place)
    for slot in held.indices { held[slot] = -1 }
  }

  /// Makes the sums of a place along z.
  func sum(_ deep: ZoomAxis, _ z: Int) {
    let out = unsafe sums.base
    if deep.isOutside[z] || across.isOutside[place] {
      for x in 0..<length { unsafe out[x] = .zero }
      return
    }
    let planes = (0..<taps).map { deep.rows[z * taps + $0] }
    for plane in planes where held[plane % taps] != plane { prepare(plane) }
    let starts = planes.map { ($0 % taps) * taps * taps * length }
    let w = (0..<taps).map { Vector(repeating: deep.weights[z * taps + $0]) }
    if taps == 2 {
      unsafe addEight(products.base + starts[0], products.base + starts[1], w[0], w[1])
    } else {
      for x in 0..<length { unsafe out[x] = .zero }
      for corner in 0..<16 {
        let base = unsafe products.base + corner * length
        unsafe addFour(
          base + starts[0], base + starts[1], base + starts[2], base + starts[3],
          (w[0], w[1], w[2], w[3]))
      }
    }
    for x in 0..<width where axis.isOutside[x] { unsafe out[x / 4][x % 4] = 0 }
  }

  /// Samples of one plane times their weights along x, then along y.
  private func prepare(_ plane: Int) {
    let slot = plane % taps
    held[slot] = plane
    let target = unsafe products.base + slot * taps * taps * length
    for tap in 0..<taps {
      let start = (plane * shape[1] + across.rows[place * taps + tap]) * shape[2]
      let weight = across.weights[place * taps + tap]
      for column in 0..<taps {
        let out = unsafe UnsafeMutableRawPointer(target + (column * taps + tap) * length)
          .assumingMemoryBound(to: Double.self)
        let places = unsafe columns.base + column * width
        let along = unsafe weights.base + column * width
        if let doubles = coefficients?.values ?? source.doubles {
          let from = unsafe doubles.base + start
          for x in 0..<width { unsafe out[x] = (from[Int(places[x])] * along[x]) * weight }
        } else {
          let from = unsafe source.floats.base + start
          for x in 0..<width { unsafe out[x] = (Double(from[Int(places[x])]) * along[x]) * weight }
        }
      }
    }
  }

  /// The eight corners of order 1: x slowest, z fastest.
  private func addEight(
    _ near: UnsafeMutablePointer<Vector>, _ far: UnsafeMutablePointer<Vector>, _ w0: Vector,
    _ w1: Vector
  ) {
    let out = unsafe sums.base
    let (b, c, d) = (length, 2 * length, 3 * length)
    for x in 0..<length {
      var sum = unsafe near[x] * w0
      unsafe sum += far[x] * w1
      unsafe sum += near[b + x] * w0
      unsafe sum += far[b + x] * w1
      unsafe sum += near[c + x] * w0
      unsafe sum += far[c + x] * w1
      unsafe sum += near[d + x] * w0
      unsafe sum += far[d + x] * w1
      unsafe out[x] = sum
    }
  }

  private func addFour(
    _ a: UnsafeMutablePointer<Vector>, _ b: UnsafeMutablePointer<Vector>,
    _ c: UnsafeMutablePointer<Vector>, _ d: UnsafeMutablePointer<Vector>,
    _ w: (Vector, Vector, Vector, Vector)
  ) {
    let out = unsafe sums.base
    for x in 0..<length {
      var sum = unsafe out[x] + a[x] * w.0
      unsafe sum += b[x] * w.1
      unsafe sum += c[x] * w.2
      unsafe sum += d[x] * w.3
      unsafe out[x] = sum
    }
  }
}
