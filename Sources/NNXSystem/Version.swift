/// The version of nnx and of the nnU-Net whose predictions it reproduces.
package enum Version {
  package static let current = "0.1.0"
  /// The releases that results are compared with, voxel for voxel.
  package static let emulated = "nnunetv2 2.8.1, nnunet 1.7.1"
  /// Where nnx and its releases are published.
  package static let home = "https://github.com/nnx-project/nnx"
}
