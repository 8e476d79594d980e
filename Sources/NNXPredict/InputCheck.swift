import NNXImage
import NNXModel
import NNXSystem

/// Looks at the images of a case before any work is done on them.
enum InputCheck {
  /// - Parameter images: the channels of `item`, in the model's order.
  /// - Returns: warnings: what is odd but can be worked with.
  /// - Throws: `geometry` when channels differ in shape or spacing; `non-finite-voxels`.
  static func check(
    _ images: [Image], _ item: Case, _ model: ModelDescription
  ) throws(NNXError) -> [String] {
    var warnings: [String] = []
    for (index, image) in images.enumerated() {
      let path = item.images[min(index, item.images.count - 1)]
      try image.checkFinite(path: path)
      let (first, other) = (images[0].geometry, image.geometry)
      guard first.hasGrid(of: other) else { throw mismatch(item.images[0], path, first, other) }
      if !first.hasPlace(of: other) {
        warnings.append(
          "\(path) lies elsewhere in space than \(item.images[0]); the latter's place is used")
      }
      warnings += image.remarks.map { "\(path): \($0)" }
    }
    return warnings
  }

  /// Refuses pictures where the model was trained on scans: a slice without a spacing is no volume.
  ///
  /// - Parameter reader: of the images that the model was trained on, where it is known.
  /// - Throws: `unsupported-image`.
  static func checkKind(_ path: String, _ reader: ImageReader?) throws(NNXError) {
    guard let reader, !reader.takesPictures, try ImageFormat(path: path).isPicture else { return }
    throw NNXError(
      .unsupportedImage, "\(path) is a picture, and the model was trained on scans",
      details: ["its images were read with \(reader.rawValue)"],
      fixes: ["Give the scan as NIfTI, NRRD or MetaImage"])
  }

  /// - Throws: `channels` when the files of a case hold other than the model's number of channels.
  static func checkCount(
    _ images: [Image], _ item: Case, _ model: ModelDescription
  ) throws(NNXError) {
    guard images.count != model.channels.count else { return }
    throw NNXError(
      .channels,
      "\(item.name) has \(images.count) channels, and the model needs \(model.channels.count)",
      details: ["It expects, in this order: " + model.channels.joined(separator: ", ")]
        + item.images,
      fixes: ["Give one file per channel, or one picture that holds them all"])
  }

  private static func mismatch(
    _ path: String, _ other: String, _ first: Geometry, _ second: Geometry
  ) -> NNXError {
    NNXError(
      .geometry, "the images of one case lie on different grids",
      details: [
        "\(path): \(first.shape) voxels of \(first.spacing) mm",
        "\(other): \(second.shape) voxels of \(second.spacing) mm",
      ],
      fixes: ["Resample one onto the grid of the other first (axes here are z, y, x)"])
  }
}
