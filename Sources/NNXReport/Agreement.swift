import NNXImage
import NNXSystem

/// How two segmentations of one image agree on one label.
package struct Agreement: Equatable, Sendable {
  package var value: Int
  package var name: String
  /// Voxels that only the first has, only the second, both, and neither.
  package var onlyFirst: Int
  package var onlySecond: Int
  package var both: Int
  package var neither: Int
  /// ml.
  package var firstVolume: Double
  package var secondVolume: Double
  /// Distances of the surfaces; `nil` when one of them has no voxel.
  package var surface: Surface?

  package struct Surface: Equatable, Sendable {
    /// 95th percentile of the distances of all surface voxels, both ways, in mm: `hd95` of MedPy.
    package var hd95: Double
    /// Mean of the same distances, in mm: `assd` of MedPy 0.5.
    package var average: Double
    /// Share of all surface voxels that lie within the tolerance of the other surface: `compute_surface_dice`
    /// of MONAI, without subvoxels.
    package var dice: Double
  }

  /// Dice's coefficient; `nil` when neither has a voxel.
  package var dice: Double? {
    let total = 2 * both + onlyFirst + onlySecond
    return total == 0 ? nil : 2 * Double(both) / Double(total)
  }

  /// Intersection over union; `nil` when neither has a voxel.
  package var iou: Double? {
    let union = both + onlyFirst + onlySecond
    return union == 0 ? nil : Double(both) / Double(union)
  }

  /// Second against first, as a share of the first; `nil` when the first has no voxel.
  package var volumeDifference: Double? {
    firstVolume == 0 ? nil : (secondVolume - firstVolume) / firstVolume
  }
}

extension Agreement {
  /// Compares two segmentations label by label.
  ///
  /// - Parameters:
  ///   - labels: to compare, with their names.
  ///   - tolerance: of the surface Dice, in mm; `nil`: only counts, no surfaces.
  /// - Throws: `geometry` when they lie on different grids.
  package static func compare(
    _ first: Segmentation, _ second: Segmentation, labels: LabelTable, tolerance: Double?
  ) throws(NNXError) -> [Agreement] {
    guard first.geometry.hasGrid(of: second.geometry) else {
      throw NNXError(
        .geometry, "the segmentations lie on different grids",
        details: [
          "first: \(first.geometry.shape) voxels of \(first.geometry.spacing) mm",
          "second: \(second.geometry.shape) voxels of \(second.geometry.spacing) mm",
        ],
        fixes: ["Resample one onto the grid of the other first (axes here are z, y, x)"])
    }
    let voxel = first.geometry.spacing.reduce(1, *) / 1000
    return labels.entries.map { entry in
      let pair = LabelPair(first.labels, second.labels, entry.value)
      return Agreement(
        value: entry.value, name: entry.name, onlyFirst: pair.firstCount - pair.both,
        onlySecond: pair.secondCount - pair.both, both: pair.both,
        neither: first.labels.count - pair.firstCount - pair.secondCount + pair.both,
        firstVolume: Double(pair.firstCount) * voxel,
        secondVolume: Double(pair.secondCount) * voxel,
        surface: tolerance.flatMap {
          pair.surface(spacing: first.geometry.spacing, tolerance: $0)
        })
    }
  }
}

/// One label of two maps, cut to the box that holds both.
private struct LabelPair {
  private(set) var firstCount = 0
  private(set) var secondCount = 0
  private(set) var both = 0
  private var first: [Bool] = []
  private var second: [Bool] = []
  /// Of the box, `(z, y, x)`.
  private var shape = [0, 0, 0]

  init(_ a: LabelMap, _ b: LabelMap, _ value: Int) {
    var lower = a.shape
    var upper = [-1, -1, -1]
    let (height, width) = (a.shape[1], a.shape[2])
    for index in 0..<a.count {
      let (inFirst, inSecond) = (a[index] == value, b[index] == value)
      guard inFirst || inSecond else { continue }
      firstCount += inFirst ? 1 : 0
      secondCount += inSecond ? 1 : 0
      both += inFirst && inSecond ? 1 : 0
      let place = [index / (width * height), index / width % height, index % width]
      for axis in 0..<3 {
        lower[axis] = min(lower[axis], place[axis])
        upper[axis] = max(upper[axis], place[axis])
      }
    }
    guard upper[0] >= 0 else { return }
    shape = (0..<3).map { upper[$0] - lower[$0] + 1 }
    first.reserveCapacity(shape.reduce(1, *))
    second.reserveCapacity(shape.reduce(1, *))
    for z in lower[0]...upper[0] {
      for y in lower[1]...upper[1] {
        let row = (z * height + y) * width
        for x in lower[2]...upper[2] {
          first.append(a[row + x] == value)
          second.append(b[row + x] == value)
        }
      }
    }
  }

  func surface(spacing: [Double], tolerance: Double) -> Agreement.Surface? {
    guard firstCount > 0, secondCount > 0 else { return nil }
    let (own, other) = (border(of: first), border(of: second))
    let toOwn = DistanceTransform(own, shape: shape, spacing: spacing)
    let toOther = DistanceTransform(other, shape: shape, spacing: spacing)
    func distances(_ members: [Bool], _ field: DistanceTransform) -> [Double] {
      members.indices.filter { members[$0] }.map { field.squares[$0].squareRoot() }
    }
    let all = (distances(own, toOther) + distances(other, toOwn)).sorted()
    return Agreement.Surface(
      hd95: percentile(0.95, of: all), average: all.reduce(0, +) / Double(all.count),
      dice: Double(all.count { $0 <= tolerance }) / Double(all.count))
  }

  /// Voxels with a neighbour across a face that is outside; beyond the box all is outside.
  private func border(of members: [Bool]) -> [Bool] {
    let strides = [shape[1] * shape[2], shape[2], 1]
    return members.indices.map { index in
      guard members[index] else { return false }
      let place = [index / strides[0], index / strides[1] % shape[1], index % shape[2]]
      return (0..<3).contains { axis in
        place[axis] == 0 || place[axis] == shape[axis] - 1 || !members[index - strides[axis]]
          || !members[index + strides[axis]]
      }
    }
  }
}
