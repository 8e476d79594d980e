import NNXSystem

/// The labels of a model, in the order of `dataset.json` (v1: in ascending order).
package struct Labels: Codable, Equatable, Sendable {
  package struct Entry: Codable, Equatable, Sendable {
    package var name: String
    /// One value, or the values a region consists of.
    package var values: [Int]

    package init(name: String, values: [Int]) {
      self.name = name
      self.values = values
    }
  }

  /// With background and, if the model has one, the ignore label.
  package var entries: [Entry]
  /// For region models: the value written for each region, in the order of the logits.
  package var regionsClassOrder: [Int]?
  /// The ignore label, which no voxel is given.
  package var ignore: Int?

  package init(entries: [Entry], regionsClassOrder: [Int]? = nil, ignore: Int? = nil) {
    self.entries = entries
    self.regionsClassOrder = regionsClassOrder
    self.ignore = ignore
  }

  /// Distinct non-zero values over all entries, ascending, without `ignore`.
  package var foreground: [Int] {
    Set(entries.flatMap(\.values)).filter { $0 != 0 && $0 != ignore }.sorted()
  }

  /// Whether the network predicts overlapping regions (sigmoid) instead of exclusive labels.
  package var hasRegions: Bool { regionsClassOrder != nil }

  /// Number of channels of the logits (`LabelManager.num_segmentation_heads`).
  package var heads: Int {
    regionsClassOrder?.count
      ?? Set(entries.flatMap(\.values)).filter { $0 != ignore }.count
  }
}
