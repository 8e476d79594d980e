/// One step of nnU-Net's post-processing: of all components that some labels form together, the largest
/// stays, with all as large.
///
/// v1: `nnunet/postprocessing/connected_components.py`. v2:
/// `remove_all_but_largest_component_from_segmentation` of
/// `nnunetv2/postprocessing/remove_connected_components.py`.
package struct ComponentRule: Equatable, Sendable {
  /// Which voxels belong together.
  package enum Connectivity: String, Sendable {
    /// Those that share a face: v1.
    case faces
    /// Those that share a face, an edge or a corner: v2.
    case all
  }

  /// Labels that count as one; empty: every label present, each by itself.
  package var labels: [Int]
  /// Components of at least this volume stay, too; mm³.
  package var minimumVolume: Double?
  package var connectivity: Connectivity

  package init(
    labels: [Int], minimumVolume: Double? = nil, connectivity: Connectivity = .faces
  ) {
    self.labels = labels
    self.minimumVolume = minimumVolume
    self.connectivity = connectivity
  }
}
