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
    for (image, path) in zip(images, item.images) {
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
