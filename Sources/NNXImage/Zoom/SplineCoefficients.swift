import Glibc
import NNXTensor

/// The coefficients of the cubic B-spline through the samples of a volume, in double: what
/// `scipy.ndimage.zoom` makes of its input before it interpolates with order 3.
///
/// The recursive filter of Unser (IEEE SPM 16(6), 1999), axis by axis, x first, in the order of operations
/// of SciPy's ni_splines.c, so that every bit is the same.
struct SplineCoefficients {
  /// `(z, y, x)`, with the padding.
  let shape: [Int]
  let values: Buffer<Double>
  /// Samples before the first of each axis.
  let padding: Int

  private static let pole = -0.267949192431122706472553658494127633

  /// - Parameter edge: `.nearest` repeats the ends twelve times and takes half-sample mirrors beyond;
  ///   `.constant` takes mirrors at the ends themselves.
  init(_ source: ZoomSource, _ edge: ZoomEdge, threads: Threads) {
    let padding = edge == .nearest ? 12 : 0
    let shape = source.shape.map { $0 + 2 * padding }
    let values = Buffer<Double>(grid: shape)
    let (height, width) = (shape[1], shape[2])
    let inner = source.shape
    threads.forEach(shape[0]) { z, _ in
      let plane = min(max(z - padding, 0), inner[0] - 1)
      for y in 0..<height {
        let row = plane * inner[1] + min(max(y - padding, 0), inner[1] - 1)
        let target = unsafe values.base + (z * height + y) * width
        for x in 0..<width {
          let column = min(max(x - padding, 0), inner[2] - 1)
          unsafe target[x] = source[row * inner[2] + column]
        }
        unsafe SplineCoefficients.filter(target, width, step: 1, lines: 1, edge)
      }
      unsafe SplineCoefficients.filter(
        values.base + z * height * width, height, step: width, lines: width, edge)
    }
    threads.forEach(height) { y, _ in
      unsafe SplineCoefficients.filter(
        values.base + y * width, shape[0], step: height * width, lines: width, edge)
    }
    (self.shape, self.values, self.padding) = (shape, values, padding)
  }

  /// Filters lines that lie side by side, in place.
  ///
  /// - Parameters:
  ///   - base: the first sample of the first line.
  ///   - count: samples of each line; a line of one stays as it is.
  ///   - step: from a sample to the next of its line.
  private static func filter(
    _ base: UnsafeMutablePointer<Double>, _ count: Int, step: Int, lines: Int, _ edge: ZoomEdge
  ) {
    guard count > 1 else { return }
    let gain = (1 - pole) * (1 - 1 / pole)
    for index in 0..<count {
      let row = unsafe base + index * step
      for line in 0..<lines { unsafe row[line] *= gain }
    }
    let last = unsafe base + (count - 1) * step
    if edge == .nearest {
      unsafe startReflected(base, count, step, lines)
    } else {
      unsafe startMirrored(base, count, step, lines)
    }
    for index in 1..<count {
      let row = unsafe base + index * step
      for line in 0..<lines { unsafe row[line] += pole * row[line - step] }
    }
    for line in 0..<lines {
      if edge == .nearest {
        unsafe last[line] *= pole / (pole - 1)
      } else {
        unsafe last[line] = (pole * last[line - step] + last[line]) * pole / (pole * pole - 1)
      }
    }
    for index in (0..<count - 1).reversed() {
      let row = unsafe base + index * step
      for line in 0..<lines { unsafe row[line] = pole * (row[line + step] - row[line]) }
    }
  }

  private static func startMirrored(
    _ base: UnsafeMutablePointer<Double>, _ count: Int, _ step: Int, _ lines: Int
  ) {
    let far = pow(pole, Double(count - 1))
    for line in 0..<lines { unsafe base[line] += far * base[line + (count - 1) * step] }
    var power = pole
    for index in 1..<max(count - 1, 1) {
      let (front, back) = (index * step, (count - 1 - index) * step)
      for line in 0..<lines {
        unsafe base[line] += power * (base[line + front] + far * base[line + back])
      }
      power *= pole
    }
    let share = 1 - far * far
    for line in 0..<lines { unsafe base[line] /= share }
  }

  private static func startReflected(
    _ base: UnsafeMutablePointer<Double>, _ count: Int, _ step: Int, _ lines: Int
  ) {
    let far = pow(pole, Double(count))
    let share = pole / (1 - far * far)
    for line in 0..<lines {
      let first = unsafe base[line]
      var sum = unsafe first + far * base[line + (count - 1) * step]
      var power = pole
      for index in 1..<count {
        // The first sample is the sum so far when its turn comes as the last.
        let back = unsafe index == count - 1 ? sum : base[line + (count - 1 - index) * step]
        unsafe sum += power * (base[line + index * step] + far * back)
        power *= pole
      }
      unsafe base[line] = sum * share + first
    }
  }
}
