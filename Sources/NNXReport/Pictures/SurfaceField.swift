import NNXImage
import NNXSystem
import NNXTensor

/// How much of each cell of a coarse grid a label fills, smoothed: the label's surface is where the
/// field passes `level`.
///
/// Cells are whole numbers of voxels, as near to cubes of a wanted size as the spacing allows.
struct SurfaceField {
  /// A little below one half, so that small parts survive the smoothing: of a part of two cells in each
  /// direction the peak is 0.36.
  static let level: Float = 0.35
  /// Empty cells around the label, for the smoothing and its gradient.
  private static let margin = 3
  /// Normalised weights at distances 0, 1, 2 of a Gaussian with a standard deviation of 0.8 cells.
  private static let weights: [Float] = [0.4997, 0.2288, 0.0219]

  /// Voxels in a cell along `(x, y, z)`.
  let factors: [Int]
  /// Cells along `(x, y, z)`.
  let extents: [Int]
  /// The voxel index `(x, y, z)` of the centre of the first cell.
  let first: [Double]
  /// C order `(z, y, x)`.
  private(set) var values: [Float]
  /// Whether a block of 4 x 4 x 4 cells, or one of its neighbours, has a cell with something in it.
  private let blocks: [Bool]
  private let blockExtents: [Int]

  /// - Parameters:
  ///   - box: smallest and largest voxel index of the label along `(x, y, z)`.
  ///   - cell: wanted side of a cell in mm.
  init(
    _ label: Int, _ box: [ClosedRange<Int>], _ map: LabelMap, _ spacing: [Double], cell: Double,
    _ threads: Threads
  ) {
    let factors = spacing.map { max(1, Int(saturating: min(cell / $0, 0x1p40).rounded())) }
    let margin = SurfaceField.margin
    let extents = (0..<3).map { (box[$0].count + factors[$0] - 1) / factors[$0] + 2 * margin }
    self.factors = factors
    self.extents = extents
    first = (0..<3).map {
      Double(box[$0].lowerBound - margin * factors[$0]) + Double(factors[$0] - 1) / 2
    }
    let (height, width) = (map.shape[1], map.shape[2])
    let share = 1 / Float(factors.realProduct)
    let planes = threads.map(extents[2]) { plane -> [Float] in
      var cells = [Float](repeating: 0, count: extents[0] * extents[1])
      let start = box[2].lowerBound + (plane - margin) * factors[2]
      for z in (start..<(start + factors[2])).clamped(to: Range(box[2])) {
        for y in box[1] {
          let row = ((y - box[1].lowerBound) / factors[1] + margin) * extents[0] + margin
          let from = (z * height + y) * width
          for x in box[0] where map[from + x] == label {
            cells[row + (x - box[0].lowerBound) / factors[0]] += share
          }
        }
      }
      let lines = SurfaceField.smoothed(cells, step: 1, extent: extents[0])
      return SurfaceField.smoothed(lines, step: extents[0], extent: extents[1])
    }
    values = threads.map(extents[2]) { plane -> [Float] in
      var sum = planes[plane].map { $0 * SurfaceField.weights[0] }
      for distance in 1...2 {
        for other in [plane - distance, plane + distance] where planes.indices.contains(other) {
          for index in sum.indices {
            sum[index] += SurfaceField.weights[distance] * planes[other][index]
          }
        }
      }
      return sum
    }.flatMap { $0 }
    (blocks, blockExtents) = SurfaceField.blocks(values, extents)
  }

  /// One axis of the smoothing, within a plane.
  private static func smoothed(_ cells: [Float], step: Int, extent: Int) -> [Float] {
    var result = cells
    for index in cells.indices {
      let place = index / step % extent
      var sum = weights[0] * cells[index]
      for distance in 1...2 {
        if place >= distance { sum += weights[distance] * cells[index - distance * step] }
        if place + distance < extent { sum += weights[distance] * cells[index + distance * step] }
      }
      result[index] = sum
    }
    return result
  }

  private static func blocks(_ values: [Float], _ extents: [Int]) -> ([Bool], [Int]) {
    let counts = extents.map { ($0 + 3) / 4 }
    var blocks = [Bool](repeating: false, count: counts.reduce(1, *))
    var index = 0
    for z in 0..<extents[2] {
      for y in 0..<extents[1] {
        for x in 0..<extents[0] {
          // A sample lies between this cell and the next ones, so it may belong to the block before.
          if values[index] >= level {
            for bz in max(z - 1, 0) / 4...min(z + 1, extents[2] - 1) / 4 {
              for by in max(y - 1, 0) / 4...min(y + 1, extents[1] - 1) / 4 {
                for bx in max(x - 1, 0) / 4...min(x + 1, extents[0] - 1) / 4 {
                  blocks[(bz * counts[1] + by) * counts[0] + bx] = true
                }
              }
            }
          }
          index += 1
        }
      }
    }
    return (blocks, counts)
  }

  /// Whether the field may reach the level near a place; inside of the grid.
  func mayHold(_ place: SIMD3<Float>) -> Bool {
    let (x, y, z) = (Int(place.x) >> 2, Int(place.y) >> 2, Int(place.z) >> 2)
    return blocks[(z * blockExtents[1] + y) * blockExtents[0] + x]
  }

  /// Trilinear between the eight nearest cells; the nearest inside for places outside.
  ///
  /// - Parameter place: in cells, `(x, y, z)`.
  func sample(_ place: SIMD3<Float>) -> Float {
    let far = SIMD3(Float(extents[0] - 1), Float(extents[1] - 1), Float(extents[2] - 1))
    let inside = pointwiseMin(pointwiseMax(place, .zero), far - 0.001)
    let (x, y, z) = (Int(inside.x), Int(inside.y), Int(inside.z))
    let part = inside - SIMD3(Float(x), Float(y), Float(z))
    let (row, plane) = (extents[0], extents[0] * extents[1])
    let start = z * plane + y * row + x
    func line(_ index: Int) -> Float {
      values[index] + (values[index + 1] - values[index]) * part.x
    }
    let near = line(start) + (line(start + row) - line(start)) * part.y
    let next = start + plane
    let back = line(next) + (line(next + row) - line(next)) * part.y
    return near + (back - near) * part.z
  }

  /// The change of the field from one cell to the next along `(x, y, z)`, by central differences.
  func gradient(_ place: SIMD3<Float>) -> SIMD3<Float> {
    var result = SIMD3<Float>.zero
    for axis in 0..<3 {
      var step = SIMD3<Float>.zero
      step[axis] = 1
      result[axis] = (sample(place + step) - sample(place - step)) / 2
    }
    return result
  }
}
