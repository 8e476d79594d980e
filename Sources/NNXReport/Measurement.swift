import NNXImage
import NNXSystem

/// The numbers of one segmentation, with what they were made of.
package struct Measurement: Sendable {
  /// Path, for what is told of it.
  package var segmentation: String
  package let image: String?
  package let geometry: Geometry
  package let labels: [LabelStatistics]

  /// - Parameters:
  ///   - smallest: labels of less than this volume, in mm³, are left out.
  /// - Throws: as `readSegmentation` and `readImage`; `geometry` when image and segmentation lie on
  ///   different grids.
  package init(
    segmentation: String, image: String?, smallest: Double = 0
  ) throws(NNXError) {
    let map = try readNamedSegmentation(segmentation)
    var voxels: Image?
    if let image { voxels = try readGreyImage(image) }
    self.segmentation = segmentation
    self.image = image
    geometry = map.geometry
    labels = try LabelStatistics.measure(map, image: voxels).filter {
      $0.volume * 1000 >= smallest
    }
  }

  /// In the shape of `nnx.stats/1`.
  package var json: OrderedJSON {
    [
      "image": OrderedJSON(image), "seg": .string(segmentation),
      "spacing": OrderedJSON(geometry.fileSpacing), "orientation": .string(geometry.orientation),
      "labels": .array(labels.map(\.json)),
    ]
  }

  /// Rows of a long table, header first.
  package var rows: [[String]] {
    [LabelStatistics.columns] + labels.map { $0.row(segmentation) }
  }
}

/// Two segmentations, compared.
package struct Comparison: Sendable {
  package let labels: [Agreement]

  /// - Parameter tolerance: of the surface Dice, in mm.
  /// - Throws: as `readSegmentation`; `geometry` when they lie on different grids.
  package init(_ first: String, _ second: String, tolerance: Double) throws(NNXError) {
    let (a, b) = (try readNamedSegmentation(first), try readNamedSegmentation(second))
    labels = try Agreement.compare(
      a, b, labels: a.table.merging(b.table), tolerance: tolerance)
  }
}

extension LabelTable {
  /// Entries of both; of the first where both have one.
  fileprivate func merging(_ other: LabelTable) -> LabelTable {
    LabelTable(entries + other.entries.filter { self[$0.value] == nil })
  }
}
