import NNXImage
import NNXSystem

/// How two segmentations of one image agree on one structure.
package struct Agreement: Equatable, Sendable {
  package var pair: LabelPair
  /// Voxels that only the first has, only the second, both, and neither.
  var onlyFirst: Int
  var onlySecond: Int
  var both: Int
  var neither: Int
  /// ml.
  package var firstVolume: Double
  package var secondVolume: Double
  /// Distances of the surfaces; `nil` when one of them has no voxel, or there are too many to measure.
  package var surface: Surface?

  /// Of the surfaces that a `SurfaceDefinition` names.
  package struct Surface: Equatable, Sendable {
    /// 95th percentile of the distances, in mm: `hd95` of MedPy, or `compute_robust_hausdorff` of
    /// surface-distance.
    package var hd95: Double
    /// Mean distance, in mm: `assd` of MedPy 0.5, or `mean_surface_distance` of segmentationmetrics.
    package var average: Double
    /// Share of the surfaces that lies within the tolerance of the other: `compute_surface_dice` of MONAI
    /// without subvoxels, or `compute_surface_dice_at_tolerance` of surface-distance.
    package var dice: Double
  }

  package var name: String { pair.name }

  /// Dice's coefficient; `nil` when neither has a voxel.
  package var dice: Double? {
    let total = 2 * both + onlyFirst + onlySecond
    return total == 0 ? nil : 2 * Double(both) / Double(total)
  }

  /// Intersection over union; `nil` when neither has a voxel.
  var iou: Double? {
    let union = both + onlyFirst + onlySecond
    return union == 0 ? nil : Double(both) / Double(union)
  }

  /// Second against first, as a share of the first; `nil` when the first has no voxel.
  package var volumeDifference: Double? {
    firstVolume == 0 ? nil : (secondVolume - firstVolume) / firstVolume
  }
}

extension Agreement {
  /// Compares two segmentations, structure by structure.
  ///
  /// - Parameters:
  ///   - pairs: what is compared.
  ///   - tolerance: of the surface Dice, in mm; `nil`: only counts, no surfaces.
  ///   - surfaces: what their distances are.
  /// - Throws: `geometry` when they lie on different grids.
  package static func compare(
    _ first: Segmentation, _ second: Segmentation, pairs: [LabelPair], tolerance: Double?,
    surfaces: SurfaceDefinition = .borderVoxels
  ) throws(NNXError) -> [Agreement] {
    guard first.geometry.hasGrid(of: second.geometry) else {
      throw NNXError(
        .geometry, "the segmentations lie on different grids",
        details: [
          "first: \(first.geometry.gridText)",
          "second: \(second.geometry.gridText)",
        ],
        fixes: ["Resample one onto the grid of the other first (axes here are z, y, x)"])
    }
    let voxel = first.geometry.voxelVolume / 1000
    let tally = PairTally(first.labels, second.labels, pairs)
    let tolerance = tally.canMeasureSurfaces ? tolerance : nil
    return zip(pairs, tally.counts).map { pair, count in
      Agreement(
        pair: pair, onlyFirst: count.first - count.both, onlySecond: count.second - count.both,
        both: count.both, neither: first.labels.count - count.first - count.second + count.both,
        firstVolume: Double(count.first) * voxel, secondVolume: Double(count.second) * voxel,
        surface: tolerance.flatMap { tolerance in
          guard count.first > 0, count.second > 0 else { return nil }
          return SurfacePair(first.labels, second.labels, pair, box: count.box)
            .surface(surfaces, spacing: first.geometry.spacing, tolerance: tolerance)
        })
    }
  }
}
