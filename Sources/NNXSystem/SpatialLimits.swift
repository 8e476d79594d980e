/// What distances of voxels and places of first voxels can be, in images of every format and in models:
/// further out are mistakes of a unit or of a field.
package enum SpatialLimits {
  /// Of voxels, in mm: a nanometre, below which no microscope of light or electrons resolves tissue, to a
  /// metre.
  package static let spacing = 1e-6...1e3
  /// Along an axis of one voxel, whose spacing is the thickness of a slice and may stand for anything:
  /// nnU-Net itself writes 999 times the spacing in the plane.
  package static let thickness = 1e-6...1e6
  /// Of each coordinate of the first voxel, in mm, either way: what float32 holds, which NIfTI's fields are.
  package static let largestOrigin = Double(Float.greatestFiniteMagnitude)
}
