import NNXSystem
import NNXTensor

/// A label map that is filled from its first voxel to its last, and becomes wide when a label asks for it.
struct GrowingLabels {
  private(set) var map: LabelMap
  private var filled = 0

  init(_ shape: [Int]) { map = LabelMap(shape, largestLabel: 0) }

  /// - Throws: `broken-image` when a value is no integer from 0 to 65535.
  mutating func append(_ values: Span<Float>, _ path: String) throws(NNXError) {
    guard !values.isEmpty else { return }
    guard let bounds = WholeNumbers.bounds(values), bounds.lowerBound >= 0,
      bounds.upperBound <= 65535
    else {
      throw NNXError(
        .brokenImage, "\(path) is not a label map",
        details: ["it has a voxel of value \(stray(values)); labels are integers from 0 to 65535"],
        fixes: ["Give the segmentation, not the image"])
    }
    if bounds.upperBound >= 255, !map.isWide { map = map.copy(holding: 65535) }
    map.store(values, at: filled)
    filled += values.count
  }

  /// The same with labels of a byte each.
  mutating func append(_ labels: Span<UInt8>) {
    var largest: UInt8 = 0
    for index in labels.indices { largest = max(largest, labels[index]) }
    if largest == 255, !map.isWide { map = map.copy(holding: 65535) }
    map.store(labels, at: filled)
    filled += labels.count
  }

  /// The first value that is no label.
  private func stray(_ values: Span<Float>) -> Float {
    for index in values.indices {
      let value = values[index]
      let isLabel = value >= 0 && value <= 65535 && value == value.rounded()
      if !isLabel { return value }
    }
    return 0
  }
}
