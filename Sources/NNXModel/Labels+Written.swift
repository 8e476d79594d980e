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

  /// The values that prediction writes, background left out, in the order of the logits' channels.
  ///
  /// Without regions nnU-Net writes the *index of the channel*, channels being the distinct labels in
  /// ascending order (`LabelManager.convert_probabilities_to_segmentation`): a gap in the labels
  /// shifts those above it. With regions it writes `regionsClassOrder`.
  package var written: [Written] {
    if let order = regionsClassOrder {
      let regions = entries.filter { $0.values != [0] && $0.values != ignore.map { [$0] } }
      return zip(order, regions).map { Written(value: $0, name: $1.name) }
    }
    let values = Set(entries.flatMap(\.values)).filter { $0 != ignore }.sorted()
    return values.enumerated().dropFirst().map { index, value in
      Written(
        value: index, name: entries.first { $0.values.contains(value) }?.name ?? "label \(value)")
    }
  }
}
