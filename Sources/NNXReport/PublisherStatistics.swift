import NNXImage
import NNXSystem
import NNXTensor

/// Volumes and intensities as TotalSegmentator 2.18.0 writes them (`statistics.json`): for each name the volume in mm³
/// by the header's spacings, and the mean of the image without its fractions.
///
/// A structure that is not there, or touches the first or last three planes of an axis, has 0.0 and 0.0.
package struct PublisherStatistics {
  private let lines: [(name: String, volume: Double, intensity: Double)]

  /// - Parameters:
  ///   - segmentation: path of the labels.
  ///   - image: path of the image that they were made of.
  ///   - names: of the values, ascending.
  /// - Throws: what reading throws; `geometry` when the two have different grids.
  package init(
    segmentation: String, image: String, names: [(value: Int, name: String)]
  ) throws(NNXError) {
    let labels = try readSegmentation(segmentation).labels
    let read = try readImage(image, as: .nibabel)
    guard labels.shape == read.geometry.shape else {
      throw NNXError(
        .geometry, "\(segmentation) does not lie on the grid of \(image)",
        fixes: ["Give the image that the segmentation was made of"])
    }
    var tallies = [Tally](repeating: Tally(), count: 65536)
    let shape = labels.shape
    read.voxels.withSpan { voxels in
      for index in 0..<labels.count where labels[index] > 0 {
        let place = [index / (shape[1] * shape[2]), index / shape[2] % shape[1], index % shape[2]]
        tallies[labels[index]].add(
          Double(voxels[index]),
          isAtBorder: (0..<3).contains { place[$0] < 3 || place[$0] >= shape[$0] - 3 })
      }
    }
    // nibabel's zooms are float32, and so is their product.
    let voxel = read.geometry.fileSpacing.reduce(Float(1)) { $0 * Float($1) }
    lines = names.map { value, name in
      let tally = tallies[value]
      guard tally.count > 0, !tally.isAtBorder else { return (name, 0, 0) }
      let mean = tally.sum / Double(tally.count)
      return (
        name, Double(tally.count) * Double(voxel),
        (mean * 1e5).rounded(.toNearestOrEven) / 1e5
      )
    }
  }

  /// As Python's `json.dump` with an indent of 4.
  package var text: String {
    let entries = lines.map { line in
      """
          \(OrderedJSON.string(line.name).text()): {
              "volume": \(line.volume),
              "intensity": \(line.intensity)
          }
      """
    }
    return entries.isEmpty ? "{}" : "{\n" + entries.joined(separator: ",\n") + "\n}"
  }
}

private struct Tally {
  private(set) var count = 0
  private(set) var sum = 0.0
  private(set) var isAtBorder = false

  mutating func add(_ value: Double, isAtBorder: Bool) {
    count += 1
    // astype(numpy.int16)
    sum += value.isFinite ? Double(Int16(truncatingIfNeeded: Int(value.clamped))) : 0
    self.isAtBorder = self.isAtBorder || isAtBorder
  }
}

extension Double {
  /// Within what an integer of 32 bits holds, towards 0.
  fileprivate var clamped: Double {
    rounded(.towardZero).magnitude < 0x1p31 ? rounded(.towardZero) : 0
  }
}
