import NNXImage
import NNXModel

extension LabelTable {
  /// The values that a network writes, under its own names.
  init(_ labels: Labels) {
    self.init(
      labels.written.map { .init(value: $0.value, name: $0.name) },
      regions: labels.writtenRegions.map { .init(name: $0.name, values: $0.values) })
  }
}
