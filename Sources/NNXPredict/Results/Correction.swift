import NNXImage
import NNXSystem

/// A segmentation that a person corrected after nnx wrote it.
///
/// It is the person's: nnx keeps it, measures it as it is, and counts its case as done.
enum Correction {
  /// The structures of a corrected segmentation, under the names that its file has, else those of the run's
  /// record.
  ///
  /// - Parameters:
  ///   - path: of the segmentation.
  ///   - item: the case that it is of.
  ///   - record: of the run whose result it was.
  /// - Throws: `output-exists` when what lies there is no segmentation of the case's image any more.
  static func labels(
    _ path: String, of item: Case, _ record: OrderedJSON
  ) throws(NNXError) -> OrderedJSON {
    let segmentation: Segmentation
    do throws(NNXError) {
      segmentation = try readSegmentation(path)
      let image = try readGeometry(item.images[0])
      let own = segmentation.geometry
      // The spacing of a TIFF volume lies in another file, if it is known at all.
      let hasPlace = (try? ImageFormat(path: path)) == .tiff || own.hasPlace(of: image)
      guard own.shape == image.shape, hasPlace else {
        throw NNXError(.geometry, "it does not lie on the grid of \(item.images[0])")
      }
    } catch {
      throw NNXError(
        .outputExists,
        "\(path) was changed after nnx wrote it, and is no segmentation of \(item.name) now",
        details: [error.message, "nnx never replaces what somebody changed."],
        fixes: ["Move it away: the same command makes it anew", "Or put it right"])
    }
    let known = LabelTable(record: record)
    let table = segmentation.table.isEmpty ? known : segmentation.table.takingRegions(of: known)
    let counts = segmentation.labels.histogram
    let found = counts.indices.dropFirst().filter { counts[$0] > 0 }
    return .array(
      LabelVolume.measure(segmentation.labels, table.covering(found), segmentation.geometry)
        .map(\.json))
  }
}
