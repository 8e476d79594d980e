import Glibc
import NNXTensor

/// ITK's cubic B-spline on a grid that begins at the same centre, in pieces: `ImageResampler.chunk_along_axis` and
/// `resample_chunk_SimpleITK` of MOOSE 3.2.2, and ITK 5.4 (`BSplineDecompositionImageFilter`,
/// `BSplineInterpolateImageFunction`, `ResampleImageFilter`), bit for bit.
///
/// Beyond half a voxel outside of a piece there is 0.
struct ITKSpline {
  /// Of the result, `(z, y, x)`.
  let shape: [Int]
  private let source: ZoomSource
  /// Pieces along each axis, and their extents before and after.
  private let pieces: [Int]
  private let extents: [Int]
  private let newExtents: [Int]
  private let spacing: [Double]
  private let newSpacing: [Double]

  /// - Parameters:
  ///   - spacing: of the source, mm, `(z, y, x)`.
  ///   - new: of the result.
  /// - Returns: `nil` when the result would have no voxels, or more than can be counted.
  init?(_ source: ZoomSource, _ spacing: [Double], to new: [Double]) {
    (self.source, self.spacing, newSpacing) = (source, spacing, new)
    let pieces = source.shape.map(Self.pieces)
    let extents = zip(source.shape, pieces).map { $0 / $1 }
    let reals = (0..<3).map { axis in
      (Double(extents[axis]) * (spacing[axis] / new[axis])).rounded(.toNearestOrEven)
    }
    guard reals.allSatisfy({ $0 >= 1 && $0 < 0x1p31 }),
      zip(reals, pieces).reduce(1, { $0 * $1.0 * Double($1.1) }) < 0x1p40
    else { return nil }
    (self.pieces, self.extents, newExtents) = (pieces, extents, reals.map { Int($0) })
    shape = zip(newExtents, pieces).map { $0 * $1 }
  }

  /// Into how many even pieces an axis is cut: of at least 150 voxels each, as many as divide it.
  private static func pieces(_ count: Int) -> Int {
    (1...max(1, count / 150)).last { count % $0 == 0 } ?? 1
  }

  /// The samples of the new grid.
  ///
  /// - Parameter integers: the least and the largest value of the file's type where it holds whole numbers: others are
  ///   cut to them, and fractions are cut off.
  func values(_ integers: ClosedRange<Double>?, threads: Threads) -> Tensor {
    let result = Tensor(shape)
    for z in 0..<pieces[0] {
      for y in 0..<pieces[1] {
        for x in 0..<pieces[2] { fill(result, [z, y, x], integers, threads) }
      }
    }
    return result
  }

  private func fill(
    _ result: Tensor, _ piece: [Int], _ integers: ClosedRange<Double>?, _ threads: Threads
  ) {
    let lower = zip(piece, extents).map { $0 * $1 }
    let coefficients = ITKCoefficients(
      source, Box(lower: lower, upper: zip(lower, extents).map { $0 + $1 }), threads: threads)
    let axes = (0..<3).map {
      ITKSplineAxis(
        extents[$0], spacing[$0], to: newExtents[$0], newSpacing[$0], isScanLine: $0 == 2)
    }
    let first = zip(piece, newExtents).map { $0 * $1 }
    threads.forEach(newExtents[0]) { z, _ in
      for y in 0..<newExtents[1] {
        let row = ((first[0] + z) * shape[1] + first[1] + y) * shape[2] + first[2]
        for x in 0..<newExtents[2] {
          guard axes[0].isInside[z], axes[1].isInside[y], axes[2].isInside[x] else { continue }
          var value = coefficients.sum(axes, z, y, x)
          if let integers {
            value =
              value <= integers.lowerBound
              ? integers.lowerBound
              : value >= integers.upperBound ? integers.upperBound : value.rounded(.towardZero)
          }
          unsafe result.base[row + x] = Float(value)
        }
      }
    }
  }
}

/// Which samples of an axis make those of another grid, and their weights.
private struct ITKSplineAxis {
  /// Four for each sample.
  private(set) var rows: [Int] = []
  private(set) var weights: [Double] = []
  private(set) var isInside: [Bool] = []

  /// - Parameter isScanLine: whether ITK goes along it: positions lie between those of its two ends then.
  init(_ count: Int, _ spacing: Double, to new: Int, _ newSpacing: Double, isScanLine: Bool) {
    for index in 0..<new {
      let place =
        isScanLine
        ? (Double(index) / Double(new)) * ((Double(new) * newSpacing) * (1 / spacing))
        : (Double(index) * newSpacing) * (1 / spacing)
      let inside = place >= -0.5 && place < Double(count) - 0.5
      isInside.append(inside)
      guard inside else {
        rows += [0, 0, 0, 0]
        weights += [0, 0, 0, 0]
        continue
      }
      // ITK rounds the position to float32 before it takes its whole part.
      let below = Double(Float(place).rounded(.down))
      let part = place - below
      let last = (1.0 / 6) * part * part * part
      let first = (1.0 / 6) + 0.5 * part * (part - 1) - last
      let third = part + first - 2 * last
      weights += [first, 1 - first - third - last, third, last]
      rows += (Int(below) - 1...Int(below) + 2).map { row in
        var row = row < 0 ? -row : row
        if row > count - 1 { row = 2 * (count - 1) - row }
        return min(max(row, 0), count - 1)
      }
    }
  }
}

/// The coefficients of the spline through the samples of a piece: x first, then y, then z.
private struct ITKCoefficients {
  private let shape: [Int]
  private let values: Buffer<Double>
  private static let pole = (3.0).squareRoot() - 2

  init(_ source: ZoomSource, _ box: Box, threads: Threads) {
    let shape = box.shape
    let (height, width) = (shape[1], shape[2])
    let values = Buffer<Double>(grid: shape)
    forEachRow(of: box, in: source.shape) { from, to in
      for x in 0..<width { unsafe values.base[to + x] = source[from + x] }
    }
    threads.forEach(shape[0]) { z, _ in
      let plane = unsafe values.base + z * height * width
      for y in 0..<height { unsafe Self.filter(plane + y * width, width, step: 1, lines: 1) }
      unsafe Self.filter(plane, height, step: width, lines: width)
    }
    threads.forEach(height) { y, _ in
      unsafe Self.filter(values.base + y * width, shape[0], step: height * width, lines: width)
    }
    (self.shape, self.values) = (shape, values)
  }

  /// The weighted sum at a sample of the new grid: x fastest, no fused steps.
  @inline(__always)
  func sum(_ axes: [ITKSplineAxis], _ z: Int, _ y: Int, _ x: Int) -> Double {
    var sum = 0.0
    for c in 0..<4 {
      let plane = axes[0].rows[4 * z + c] * shape[1]
      let across = axes[0].weights[4 * z + c]
      for b in 0..<4 {
        let row = (plane + axes[1].rows[4 * y + b]) * shape[2]
        let down = axes[1].weights[4 * y + b]
        for a in 0..<4 {
          let weight = (axes[2].weights[4 * x + a] * down) * across
          sum += unsafe weight * values.base[row + axes[2].rows[4 * x + a]]
        }
      }
    }
    return sum
  }

  /// Filters lines that lie side by side, in place; a line of one sample stays.
  private static func filter(
    _ base: UnsafeMutablePointer<Double>, _ count: Int, step: Int, lines: Int
  ) {
    guard count > 1 else { return }
    let gain = (1 - pole) * (1 - 1 / pole)
    for index in 0..<count {
      for line in 0..<lines { unsafe base[index * step + line] *= gain }
    }
    for line in 0..<lines { unsafe start(base + line, count, step) }
    for index in 1..<count {
      let row = unsafe base + index * step
      for line in 0..<lines { unsafe row[line] += pole * row[line - step] }
    }
    let last = unsafe base + (count - 1) * step
    for line in 0..<lines {
      unsafe last[line] = (pole / (pole * pole - 1)) * (pole * last[line - step] + last[line])
    }
    for index in (0..<count - 1).reversed() {
      let row = unsafe base + index * step
      for line in 0..<lines { unsafe row[line] = pole * (row[line + step] - row[line]) }
    }
  }

  /// The first coefficient of the causal filter. Of long lines 18 samples count: `log(1e-10) / log(abs(pole))`.
  private static func start(_ line: UnsafeMutablePointer<Double>, _ count: Int, _ step: Int) {
    let horizon = 18
    var sum = unsafe line[0]
    var power = pole
    if horizon < count {
      for index in 1..<horizon {
        unsafe sum += power * line[index * step]
        power *= pole
      }
      unsafe line[0] = sum
      return
    }
    let inverse = 1 / pole
    var far = pow(pole, Double(count - 1))
    unsafe sum += far * line[(count - 1) * step]
    far *= far * inverse
    for index in 1..<max(count - 1, 1) {
      unsafe sum += (power + far) * line[index * step]
      power *= pole
      far *= inverse
    }
    unsafe line[0] = sum / (1 - power * power)
  }
}
