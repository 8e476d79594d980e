/// What a surface is, and so what its distances are: libraries differ, and a number has the name of the
/// one whose definition it follows (docs/dicom-seg.md).
package enum SurfaceDefinition: String, CaseIterable, Sendable {
  /// Voxels with a neighbour outside, one as much as the other. HD95 is the percentile of both ways
  /// together, as MedPy has it; the surface Dice is MONAI's without subvoxels.
  case borderVoxels = "medpy"
  /// Elements of marching cubes, weighted by their area. HD95 is the larger of both ways; the mean distance
  /// is the mean of both; all as surface-distance has them, and segmentationmetrics 1.2.0 above it, which
  /// AIMI's publisher used.
  case areaWeighted = "surface-distance"
}
