import NNXSystem

/// One step of nnU-Net's post-processing: of all components that some labels form together, the largest
/// stays, with all as large.
///
/// v1: `nnunet/postprocessing/connected_components.py`. v2:
/// `remove_all_but_largest_component_from_segmentation` of
/// `nnunetv2/postprocessing/remove_connected_components.py`.
package struct ComponentRule: Codable, Equatable, Sendable {
  /// Which voxels belong together.
  package enum Connectivity: String, Word {
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

extension ComponentRule {
  private enum CodingKeys: String, CodingKey {
    case labels
    case minimumVolume = "minimum_volume"
    case connectivity
  }

  package init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: CodingKeys.self)
    labels = try members.decode([Int].self, forKey: .labels)
    minimumVolume = try members.decodeIfPresent(Double.self, forKey: .minimumVolume)
    connectivity =
      try members.decodeIfPresent(Connectivity.self, forKey: .connectivity) ?? .faces
  }

  package var json: OrderedJSON { OrderedJSON(encoding: self) }
}
