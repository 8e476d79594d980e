import NNXSystem
import NNXTensor

/// Writes a segmentation on exactly the grid of its image.
///
/// In the image's own kind of file, extents, spacings and place in the patient have the bytes of the
/// image's header. In another kind they are the same numbers, as exactly as that kind can hold them.
///
/// - Parameters:
///   - path: its ending tells the format; appears only when it is complete. The same segmentation
///     gives the same bytes.
///   - description: a line for the header, ASCII; NIfTI holds 79 characters.
///   - threads: for compression.
/// - Throws: `unsupported-image` for an ending that is not written; `file-not-found` when the folder is
///   missing; `cannot-write`, `no-space`, `unreadable`.
package func writeSegmentation(
  _ segmentation: Segmentation, to path: String, description: String = "nnx",
  threads: Threads = .all
) throws(NNXError) {
  let format = try ImageFormat(writtenPath: path)
  let (labels, geometry, source) = (
    segmentation.labels, segmentation.geometry, segmentation.header
  )
  switch format {
  case .nifti:
    let header = source.nifti ?? NIfTIHeader(geometry, axes: source.axes)
    guard geometry.shape.allSatisfy({ $0 <= Int(Int16.max) }) || source.nifti != nil else {
      throw NNXError(
        .unsupportedImage, "\(path) cannot be NIfTI: an axis has more than \(Int16.max) voxels",
        details: ["the grid has \(list(geometry.shape.reversed()))"],
        fixes: ["Write the kind of file that the image came in"])
    }
    try NIfTIFile.write(labels, header, to: path, description: description, threads: threads)
  case .nrrd:
    let header = source.nrrd ?? NRRDHeader(geometry, axes: source.axes)
    try NRRDFile.write(labels, header, to: path, description: description, threads: threads)
  case .meta:
    let header = source.meta ?? MetaHeader(geometry, axes: source.axes)
    try MetaFile.write(labels, header, to: path, description: description, threads: threads)
  }
}
