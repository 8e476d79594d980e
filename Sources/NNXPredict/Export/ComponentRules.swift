import NNXImage
import NNXModel

extension LabelMap {
  /// Applies nnU-Net's post-processing in place, rule after rule on the evolving map: of the components
  /// of a rule's labels, all that are as large as the largest stay.
  ///
  /// - Parameter spacing: mm.
  func apply(_ rules: [ComponentRule], spacing: [Double]) {
    let voxel = spacing.reduce(1, *)
    for rule in rules {
      let counts = histogram
      let present = counts.indices.dropFirst().filter { counts[$0] > 0 }
      let groups = rule.labels.isEmpty ? present.map { [$0] } : [rule.labels]
      for labels in groups {
        keepLargestComponent(
          of: Set(labels), Connectivity(rule.connectivity),
          minimum: rule.minimumVolume.map { ($0, voxel) })
      }
    }
  }
}
