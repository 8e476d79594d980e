import NNXImage
import NNXSystem

/// The numbers of one segmentation, with what they were made of.
package struct Measurement: Sendable {
  /// Path, for what is told of it.
  package var segmentation: String
  package let image: String?
  package let geometry: Geometry
  package let labels: [LabelStatistics]
  /// What a person should know about the numbers, one line each.
  package let notes: [String]

  /// - Parameters:
  ///   - smallest: labels of less than this volume, in mm³, are left out.
  ///   - series: how DICOM is read; `nil`: in the order in which the labels lie.
  /// - Throws: as `readSegmentation` and `readImage`; `geometry` when image and segmentation lie on
  ///   different grids.
  package init(
    segmentation: String, image: String?, smallest: Double = 0, series: SeriesReading? = nil
  ) throws(NNXError) {
    var map = try readNamedSegmentation(segmentation)
    var voxels: Image?
    if let image { voxels = try readGreyImage(image, under: map, series: series) }
    if let voxels { map = map.completed(to: voxels.geometry, voxels.header) }
    self.segmentation = segmentation
    self.image = image
    geometry = map.geometry
    labels = try LabelStatistics.measure(map, image: voxels).filter {
      $0.volume * 1000 >= smallest
    }
    var notes = [map.doubt(segmentation)].compactMap(\.self)
    if let image, let voxels,
      let note = map.geometry.misplacement(of: voxels.geometry, (segmentation, image))
    {
      notes.append(note)
    }
    // A voxel belongs to one label, and to regions besides.
    let strange = labels.reduce(0) { $0 + ($1.structure.value == nil ? 0 : $1.notFinite) }
    if strange > 0 {
      notes.append(
        "voxels of labels that are no numbers in the image (NaN or infinite): \(strange); "
          + "left out of mean, SD and percentiles")
    }
    self.notes = notes
  }

  /// Labels with voxels.
  package var found: [LabelStatistics] { labels.filter { $0.voxels > 0 } }
  /// Names of labels and regions without a voxel.
  package var notFound: [String] {
    labels.filter { $0.voxels == 0 && $0.structure.kind != .part }.map(\.name)
  }

  /// In the shape of `nnx.stats/1`.
  package var json: OrderedJSON {
    [
      "image": OrderedJSON(image), "seg": .string(segmentation),
      "spacing": OrderedJSON(geometry.fileSpacing), "orientation": .string(geometry.orientation),
      "labels": .array(labels.map(\.json)), "notes": OrderedJSON(notes),
    ]
  }

  /// Rows of a long table, header first.
  package var rows: [[String]] {
    [LabelStatistics.columns] + labels.map { $0.row(segmentation) }
  }
}
