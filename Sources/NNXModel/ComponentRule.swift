/// One step of the post-processing that nnU-Net v1 applies by itself: of all components that some labels
/// form together, the largest stays.
///
/// `postprocessing.json` of v1 (`nnunet/postprocessing/connected_components.py`).
package struct ComponentRule: Equatable, Sendable {
  /// Labels that count as one; empty: every label present, each by itself.
  package var labels: [Int]
  /// Components of at least this volume stay, too; mm³.
  package var minimumVolume: Double?

  package init(labels: [Int], minimumVolume: Double? = nil) {
    self.labels = labels
    self.minimumVolume = minimumVolume
  }
}
