import NNXImage
import NNXSystem

extension Segmentation {
  /// Checks that an image lies on the grid of this segmentation.
  ///
  /// - Throws: `geometry`.
  func checkGrid(of image: Image) throws(NNXError) {
    guard geometry.hasGrid(of: image.geometry) else {
      throw NNXError(
        .geometry, "image and segmentation lie on different grids",
        details: [
          "image: \(image.geometry.shape) voxels of \(image.geometry.spacing) mm",
          "segmentation: \(geometry.shape) voxels of \(geometry.spacing) mm",
        ],
        fixes: ["Give the image that the segmentation was made from (axes here are z, y, x)"])
    }
  }
}
