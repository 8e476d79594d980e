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
    func isAtBorder(_ axis: Int, _ place: Int) -> Bool { place < 3 || place >= shape[axis] - 3 }
    read.voxels.withSpan { voxels in
      for z in 0..<shape[0] {
        for y in 0..<shape[1] {
          let isRowAtBorder = isAtBorder(0, z) || isAtBorder(1, y)
          let row = (z * shape[1] + y) * shape[2]
          for x in 0..<shape[2] {
            let label = labels[row + x]
            guard label > 0 else { continue }
            tallies[label].add(voxels[row + x], isAtBorder: isRowAtBorder || isAtBorder(2, x))
          }
        }
      }
    }
    // nibabel's zooms are float32, and so is their product.
    let voxel = read.geometry.fileSpacing.reduce(Float(1)) { $0 * Float($1) }
    lines = names.map { value, name in
      let tally = tallies[value]
      guard tally.count > 0, !tally.isAtBorder else { return (name, 0, 0) }
      let mean = Double(tally.sum) / Double(tally.count)
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
  private(set) var sum = 0
  private(set) var isAtBorder = false

  mutating func add(_ value: Float, isAtBorder: Bool) {
    count += 1
    // astype(numpy.int16), by way of 32 bits; 0 for what is no number or beyond them.
    sum += value.magnitude < 0x1p31 ? Int(Int16(truncatingIfNeeded: Int32(value))) : 0
    self.isAtBorder = self.isAtBorder || isAtBorder
  }
}
