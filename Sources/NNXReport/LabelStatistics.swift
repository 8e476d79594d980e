import NNXImage
import NNXSystem
import NNXTensor

/// What can be measured of one structure of a segmentation: of a label, or of a region of several.
package struct LabelStatistics: Equatable, Sendable {
  package var structure: LabelTable.Structure
  package var voxels: Int
  /// Volume in ml: voxels times the product of the spacings.
  package var volume: Double
  package var intensity: Intensity?
  /// Mean of the voxels' centres, in mm, RAS; `nil` without voxels.
  var centroid: [Double]?
  /// Smallest and largest coordinate of the voxels' edges, in mm, RAS; `nil` without voxels.
  package var box: [[Double]]?
  /// Parts that do not touch, not even at a corner.
  package var components: Int
  /// Voxels of the largest part, as a share of all; 0 without voxels.
  var largestFraction: Double
  /// Sides of the image that the label reaches: `superior`, `left`, ….
  package var touches: [String]
  /// Voxels where the image is no number; they are left out of `intensity`.
  package var notFinite: Int

  package var name: String { structure.name }
  package var value: Int? { structure.value }

  /// Intensities inside of a label, in the image's units.
  package struct Intensity: Equatable, Sendable {
    package var mean: Double
    /// Of the population, NumPy's default.
    package var deviation: Double
    /// Percentiles with linear interpolation, NumPy's default.
    var p05: Double
    package var median: Double
    var p95: Double
  }
}

extension LabelStatistics {
  /// Measures every structure of a table, in its order.
  ///
  /// - Parameters:
  ///   - segmentation: with a table that names all its labels.
  ///   - image: on the same grid; without one there are no intensities.
  /// - Throws: `geometry` when the image lies on another grid.
  package static func measure(
    _ segmentation: Segmentation, image: Image? = nil
  ) throws(NNXError) -> [LabelStatistics] {
    if let image { try segmentation.checkGrid(of: image) }
    var tally = LabelTally(segmentation.labels)
    if let image { tally.collect(image.voxels, segmentation.labels) }
    let sides = LabelSides(segmentation.labels, segmentation.geometry)
    let parts = LabelParts(segmentation.labels).parts
    return segmentation.table.structures.map { structure in
      var result = statistics(structure, tally, segmentation.geometry)
      result.touches = sides.reached(by: structure.values)
      let own = together(structure.values, parts, segmentation.labels)
      result.components = own.count
      result.largestFraction = result.voxels == 0 ? 0 : Double(own.largest) / Double(result.voxels)
      return result
    }
  }

  /// The parts that do not touch of some labels together.
  private static func together(
    _ values: [Int], _ parts: [Int: LabelParts.Parts], _ map: LabelMap
  ) -> LabelParts.Parts {
    let present = values.filter { parts[$0] != nil }
    guard present.count > 1 else {
      return present.first.flatMap { parts[$0] } ?? LabelParts.Parts()
    }
    let sizes = Components(of: Set(present), in: map, .all).sizes
    return LabelParts.Parts(count: sizes.count, largest: sizes.max() ?? 0)
  }

  private static func statistics(
    _ structure: LabelTable.Structure, _ tally: LabelTally, _ geometry: Geometry
  ) -> LabelStatistics {
    var result = LabelStatistics(
      structure: structure, voxels: 0, volume: 0, components: 0, largestFraction: 0, touches: [],
      notFinite: 0)
    guard let own = tally.part(of: structure.values) else { return result }
    result.voxels = own.count
    result.volume = Double(own.count) * geometry.voxelVolume / 1000
    let values = structure.values.flatMap { tally.intensities[$0] ?? [] }
    let finite = values.filter(\.isFinite)
    result.notFinite = values.count - finite.count
    result.intensity = Intensity(finite)
    result.centroid = geometry.ras(own.sums.map { Double($0) / Double(own.count) })
    let ends = [own.lower.map { Double($0) - 0.5 }, own.upper.map { Double($0) + 0.5 }]
    let corners = (0..<8).map { corner in
      geometry.ras((0..<3).map { ends[corner >> $0 & 1][$0] })
    }
    result.box = [
      (0..<3).map { axis in corners.map { $0[axis] }.min() ?? 0 },
      (0..<3).map { axis in corners.map { $0[axis] }.max() ?? 0 },
    ]
    return result
  }
}

extension LabelStatistics.Intensity {
  /// - Parameter values: finite, in any order; without one there is nothing to tell.
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
