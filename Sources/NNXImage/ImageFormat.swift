import NNXSystem

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
