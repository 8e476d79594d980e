import NNXSystem
import NNXTensor

/// A kind of image file, told by the ending of its name.
package enum ImageFormat: String, CaseIterable, Sendable {
  case nifti = "NIfTI"

  /// Endings of names, in the order in which they are tried.
  package var endings: [String] {
    switch self {
    case .nifti: [".nii.gz", ".nii"]
    }
  }

  /// The format of the file at `path`.
  ///
  /// - Throws: `unsupported-image` for any other ending.
  package init(path: String) throws(NNXError) {
    let name = path.lowercased()
    for format in ImageFormat.allCases where format.endings.contains(where: name.hasSuffix) {
      self = format
      return
    }
    let endings = ImageFormat.allCases.flatMap(\.endings).joined(separator: ", ")
    throw NNXError(
      .unsupportedImage, "\(path) is of no kind that nnx reads",
      details: ["it reads files ending in \(endings)"],
      fixes: ["Convert the image to NIfTI (.nii.gz)"])
  }
}

/// Reads the image at `path`, exactly this file.
///
/// - Parameter progress: told of bytes unpacked, stage `read`.
/// - Throws: `file-not-found`, `unreadable`, `unsupported-image`, `broken-image`, `geometry`.
package func readImage(
  _ path: String, progress: ProgressHandler = { _ in }
) throws(NNXError) -> Image {
  switch try ImageFormat(path: path) {
  case .nifti:
    let file = try NIfTIFile(path)
    return Image(
      voxels: try file.voxels(progress: progress), geometry: file.geometry, header: file.header,
      remarks: file.remarks)
  }
}

/// Reads the grid of the image at `path` and none of its voxels: what an estimate needs.
///
/// - Throws: as `readImage`.
package func readGeometry(_ path: String) throws(NNXError) -> Geometry {
  switch try ImageFormat(path: path) {
  case .nifti: try NIfTIFile(path).geometry
  }
}

/// Reads a label map, such as the prediction of an earlier stage.
///
/// - Throws: as `readImage`; `broken-image` when a value is no integer from 0 to 65535.
package func readSegmentation(
  _ path: String, progress: ProgressHandler = { _ in }
) throws(NNXError) -> Segmentation {
  let image = try readImage(path, progress: progress)
  let values = image.voxels.withSpan { span in
    var largest: Float = 0
    var stray: Float?
    for index in span.indices {
      let value = span[index]
      if value >= 0, value <= 65535, value == value.rounded() {
        largest = max(largest, value)
      } else {
        stray = value
      }
    }
    return (largest: largest, stray: stray)
  }
  if let stray = values.stray {
    throw NNXError(
      .brokenImage, "\(path) is not a label map",
      details: ["it has a voxel of value \(stray); labels are integers from 0 to 65535"],
      fixes: ["Give the segmentation, not the image"])
  }
  let labels = LabelMap(image.geometry.shape, largestLabel: Int(values.largest))
  image.voxels.withSpan { span in
    for index in span.indices { labels[index] = Int(span[index]) }
  }
  return Segmentation(labels: labels, like: image)
}

/// Writes a segmentation on exactly the grid of its image: extents, spacings and place in the patient
/// have the bytes of the image's header.
///
/// - Parameters:
///   - path: `.nii.gz` or `.nii`; appears only when it is complete. The same segmentation gives the same
///     bytes.
///   - description: a line for the header (`descrip`), ASCII, up to 79 characters.
///   - threads: for compression.
/// - Throws: `unsupported-image` for any other ending; `file-not-found` when the folder is missing;
///   `cannot-write`, `no-space`, `unreadable`.
package func writeSegmentation(
  _ segmentation: Segmentation, to path: String, description: String = "nnx",
  threads: Threads = .all
) throws(NNXError) {
  switch try ImageFormat(path: path) {
  case .nifti:
    try NIfTIFile.write(segmentation, to: path, description: description, threads: threads)
  }
}
