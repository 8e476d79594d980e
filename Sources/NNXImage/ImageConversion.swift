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
  ///   - labels: of `input`, where they were read before.
  ///   - origin: for a DICOM segmentation.
  /// - Throws: what reading and writing throw.
  package init(
    _ input: String, series: SeriesReading, like: String?, to output: String,
    labels: Segmentation? = nil, origin: SEGOrigin? = nil,
    progress: ProgressHandler
  ) throws(NNXError) {
    guard let like else {
      if let labels {
        try writeSegmentation(labels, to: output, description: ImageMark.description)
        (geometry, isLabels) = (labels.geometry, true)
        return
      }
      if let grid = try writeSeries(
        input, series, to: output, description: ImageMark.description)
      {
        (geometry, isLabels) = (grid, false)
        return
      }
      let image = try readImage(input, series: series, progress: progress)
      try writeImage(image, to: output, description: ImageMark.description)
      (geometry, isLabels) = (image.fileGeometry, false)
      return
    }
    var placed =
      if let labels { labels } else { try readSegmentation(input, progress: progress) }
    try placed.checkPatient(ofImage: like)
    let (grid, header) = try readPlace(like, series: series)
    if !placed.fits(on: grid) {
      Remarks.tell(
        ["it lies on another grid than \(like): nearest neighbours were taken"], of: input)
    }
    try placed.checkReach(of: grid, input, like)
    // Where a place lies half way between two voxels the order of the grid decides: that of the series.
    let (own, _) = try readPlace(like, series: SeriesReading(.dicom, allowed: series.allowed))
    placed.place(on: own, header: header)
    // A DICOM segmentation lies on the series' own grid whatever the order.
    if !SEGOrigin.isTarget(output) { placed.place(on: grid, header: header) }
    placed.origin = origin
    try writeSegmentation(placed, to: output, description: ImageMark.description)
    (geometry, isLabels) = (grid, true)
  }
}

extension Segmentation {
  /// Tells how many labelled voxels lie outside of a grid.
  ///
  /// - Throws: `geometry` when all do.
  fileprivate func checkReach(of grid: Geometry, _ path: String, _ like: String) throws(NNXError) {
    guard let (all, outside) = labelled(outside: grid), outside > 0 else { return }
    guard outside < all else {
      throw NNXError(
        .geometry, "no label of \(path) lies where \(like) is in the patient",
        fixes: ["Give the image or series that the labels were made of"])
    }
    Remarks.tell(
      ["\(counted(outside, "labelled voxel")) of \(all) lie outside of \(like) and are left out"],
      of: path)
  }
}
