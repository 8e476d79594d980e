import NNXSystem
import NNXTensor

/// An image, a series or a label map as a file of another kind.
package struct ImageConversion {
  package let geometry: Geometry
  let isLabels: Bool

  /// Reads `input` and writes it to `output`.
  ///
  /// - Parameters:
  ///   - series: how DICOM is read.
  ///   - like: an image or a series whose grid labels are put on; `nil` keeps the image's own.
  ///   - output: appears only when it is complete.
  /// - Throws: what reading and writing throw.
  package init(
    _ input: String, series: SeriesReading, like: String?, to output: String,
    progress: ProgressHandler
  ) throws(NNXError) {
    guard let like else {
      let image = try readImage(input, series: series, progress: progress)
      try writeImage(image, to: output, description: ImageMark.description)
      (geometry, isLabels) = (image.fileGeometry, false)
      return
    }
    let labels = try readSegmentation(input, progress: progress)
    let (grid, header) = try readPlace(like, series: series)
    let placed = labels.placed(like: grid, header: header)
    try writeSegmentation(placed, to: output, description: ImageMark.description)
    (geometry, isLabels) = (grid, true)
  }
}
