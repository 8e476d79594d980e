extension Labels {
  /// A value that a segmentation may hold, with the name it stands for.
  package struct Written: Equatable, Sendable {
    package var value: Int
    package var name: String

    package init(value: Int, name: String) {
      self.value = value
      self.name = name
    }
  }

  /// Whether a segmentation can hold these values, one for each of so many regions.
  package static func canWrite(_ order: [Int], heads: Int) -> Bool {
    order.count == heads && order.allSatisfy { (0...65_535).contains($0) }
  }

  /// The values that prediction writes, background left out, in the order of the logits' channels.
  ///
  /// Without regions nnU-Net writes the *index of the channel*, channels being the distinct labels in
  /// ascending order (`LabelManager.convert_probabilities_to_segmentation`): a gap in the labels
  /// shifts those above it. With regions it writes `regionsClassOrder`, and such a value stands for a
  /// part of its region: `writtenParts`.
  package var written: [Written] {
    guard !hasRegions else { return writtenParts }
    return writtenAs.map { Written(value: $0.value, name: $0.name) }
  }

  /// Of labels without regions: the number that dataset.json gives each, and the value that is written.
  private var writtenAs: [(trained: Int, value: Int, name: String)] {
    let values = Set(entries.flatMap(\.values)).filter { $0 != ignore }.sorted()
    return values.enumerated().dropFirst().map { index, value in
      let name = entries.first { $0.values.contains(value) }?.name
      return (value, index, name ?? "label \(value)")
    }
  }

  /// One line where the values that are written differ from those in dataset.json, because these have
  /// gaps.
  package var gapsRemark: String? {
    guard !hasRegions else { return nil }
    let moved = writtenAs.filter { $0.trained != $0.value }
    guard let first = moved.first else { return nil }
    return "dataset.json has gaps and says \(first.trained) for \(first.name)"
      + (moved.count > 1 ? " and others (\(moved.count) in all)" : "")
      + "; nnU-Net and nnx write \(first.value)"
  }
}
