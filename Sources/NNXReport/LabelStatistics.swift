import NNXImage
import NNXSystem
import NNXTensor

/// What can be measured of one label of a segmentation.
package struct LabelStatistics: Equatable, Sendable {
  package var value: Int
  package var name: String
  package var voxels: Int
  /// Volume in ml: voxels times the product of the spacings.
  package var volume: Double
  package var intensity: Intensity?
  /// Mean of the voxels' centres, in mm, RAS; `nil` without voxels.
  package var centroid: [Double]?
  /// Smallest and largest coordinate of the voxels' edges, in mm, RAS; `nil` without voxels.
  package var box: [[Double]]?
  /// Parts that do not touch, not even at a corner.
  package var components: Int
  /// Voxels of the largest part, as a share of all; 0 without voxels.
  package var largestFraction: Double
  /// Sides of the image that the label reaches: `superior`, `left`, ….
  package var touches: [String]

  /// Intensities inside of a label, in the image's units.
  package struct Intensity: Equatable, Sendable {
    package var mean: Double
    /// Of the population, NumPy's default.
    package var deviation: Double
    /// Percentiles with linear interpolation, NumPy's default.
    package var p05: Double
    package var median: Double
    package var p95: Double
  }
}

extension LabelStatistics {
  /// Measures every label of a table, in its order.
  ///
  /// - Parameters:
  ///   - segmentation: with a table that names all its labels.
  ///   - image: on the same grid; without one there are no intensities.
  /// - Throws: `geometry` when the image lies on another grid.
  package static func measure(
    _ segmentation: Segmentation, image: Image? = nil
  ) throws(NNXError) -> [LabelStatistics] {
    if let image { try segmentation.checkGrid(of: image) }
    var tally = Tally(segmentation.labels)
    if let image { tally.collect(image.voxels, segmentation.labels) }
    let sides = segmentation.labels.sides(segmentation.geometry)
    return segmentation.table.entries.map { entry in
      var result = statistics(entry, tally, segmentation, hasImage: image != nil)
      result.touches = sides[entry.value] ?? []
      return result
    }
  }

  private static func statistics(
    _ entry: LabelTable.Entry, _ tally: Tally, _ segmentation: Segmentation, hasImage: Bool
  ) -> LabelStatistics {
    let geometry = segmentation.geometry
    guard let own = tally.parts[entry.value] else {
      return LabelStatistics(
        value: entry.value, name: entry.name, voxels: 0, volume: 0, intensity: nil, centroid: nil,
        box: nil, components: 0, largestFraction: 0, touches: [])
    }
    let components = Components(of: [entry.value], in: segmentation.labels, .all).sizes
    let ends = [own.lower.map { Double($0) - 0.5 }, own.upper.map { Double($0) + 0.5 }]
    let corners = (0..<8).map { corner in
      geometry.ras((0..<3).map { ends[corner >> $0 & 1][$0] })
    }
    return LabelStatistics(
      value: entry.value, name: entry.name, voxels: own.count,
      volume: Double(own.count) * geometry.spacing.reduce(1, *) / 1000,
      intensity: hasImage ? Intensity(tally.intensities[entry.value] ?? []) : nil,
      centroid: geometry.ras(own.sums.map { Double($0) / Double(own.count) }),
      box: [
        (0..<3).map { axis in corners.map { $0[axis] }.min() ?? 0 },
        (0..<3).map { axis in corners.map { $0[axis] }.max() ?? 0 },
      ],
      components: components.count,
      largestFraction: Double(components.max() ?? 0) / Double(own.count), touches: [])
  }
}

extension LabelStatistics.Intensity {
  /// - Parameter values: at least one; any order.
  init?(_ values: [Float]) {
    guard !values.isEmpty else { return nil }
    let sorted = values.sorted()
    let count = Double(sorted.count)
    let mean = sorted.reduce(0) { $0 + Double($1) } / count
    let variance =
      sorted.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / count
    self.mean = mean
    deviation = variance.squareRoot()
    p05 = percentile(0.05, of: sorted)
    median = percentile(0.5, of: sorted)
    p95 = percentile(0.95, of: sorted)
  }
}

/// A percentile with linear interpolation between neighbours, as `numpy.percentile` has it.
///
/// - Parameter sorted: at least one value, ascending.
func percentile<Value: BinaryFloatingPoint>(_ share: Double, of sorted: [Value]) -> Double {
  let place = share * Double(sorted.count - 1)
  let below = Int(place.rounded(.down))
  let above = min(below + 1, sorted.count - 1)
  let fraction = place - Double(below)
  return Double(sorted[below]) + (Double(sorted[above]) - Double(sorted[below])) * fraction
}

/// One pass over a label map.
private struct Tally {
  struct Part {
    var count = 0
    /// Sums of indices, smallest and largest, `(x, y, z)`.
    var sums = [0, 0, 0]
    var lower = [Int.max, Int.max, Int.max]
    var upper = [-1, -1, -1]
  }

  private(set) var parts: [Int: Part] = [:]
  /// Values of the voxels of each label.
  private(set) var intensities: [Int: [Float]] = [:]

  init(_ map: LabelMap) {
    let (height, width) = (map.shape[1], map.shape[2])
    for row in 0..<(map.shape[0] * height) {
      var column = 0
      while column < width {
        let label = map[row * width + column]
        let start = column
        while column < width, map[row * width + column] == label { column += 1 }
        if label > 0 {
          parts[label, default: Part()].add(start..<column, row % height, row / height)
        }
      }
    }
  }

  mutating func collect(_ voxels: Tensor, _ map: LabelMap) {
    var lists = [[Float]](repeating: [], count: (parts.keys.max() ?? 0) + 1)
    for (label, part) in parts { lists[label].reserveCapacity(part.count) }
    voxels.withSpan { values in
      for index in values.indices {
        let label = map[index]
        if label > 0 { lists[label].append(values[index]) }
      }
    }
    for label in parts.keys { intensities[label] = lists[label] }
  }
}

extension Tally.Part {
  fileprivate mutating func add(_ run: Range<Int>, _ y: Int, _ z: Int) {
    count += run.count
    sums[0] += (run.lowerBound + run.upperBound - 1) * run.count / 2
    sums[1] += y * run.count
    sums[2] += z * run.count
    for (axis, ends) in [(run.lowerBound, run.upperBound - 1), (y, y), (z, z)].enumerated() {
      lower[axis] = min(lower[axis], ends.0)
      upper[axis] = max(upper[axis], ends.1)
    }
  }
}
