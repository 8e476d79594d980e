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
/// - Throws: `unsupported-image` for an ending that is not written, or a kind of file that cannot hold
///   the grid's place; `file-not-found` when the folder is
///   missing; `cannot-write`, `no-space`, `unreadable`.
package func writeSegmentation(
  _ segmentation: Segmentation, to path: String, description: String = "nnx",
  threads: Threads = .all
) throws(NNXError) {
  let format = try writtenFormat(path, segmentation.geometry, segmentation.header)
  let (labels, geometry, source) = (
    segmentation.labels, segmentation.geometry, segmentation.header
  )
  switch format {
  case .nifti:
    let header = source.nifti ?? NIfTIHeader(geometry, axes: source.axes)
    if segmentation.form == .totalSegmentator {
      let bytes = header.copiedForLabels(
        isWide: labels.isWide, segmentation.table, isFresh: segmentation.hasFreshHeader)
      return try NIfTIFile.write(labels, after: bytes, header, to: path, threads: threads)
    }
    if segmentation.form == .nibabel {
      let bytes = header.nibabelFile(labels.isWide ? .uint16 : .uint8)
      return try NIfTIFile.write(
        labels, after: bytes, NIfTIHeader(geometry, axes: source.axes), to: path, threads: threads)
    }
    if case .itk(let wasTurned) = segmentation.form {
      let header = NIfTIHeader(geometry, axes: source.axes)
      let bytes = NIfTIHeader.itkFile(
        geometry, axes: source.axes, labels.isWide ? .uint16 : .uint8, wasTurned: wasTurned)
      return try NIfTIFile.write(labels, after: bytes, header, to: path, threads: threads)
    }
    try NIfTIFile.write(
      labels, segmentation.table, header, to: path, description: description, threads: threads)
  case .nrrd:
    let header = source.nrrd ?? NRRDHeader(geometry, axes: source.axes)
    try NRRDFile.write(
      labels, segmentation.table, header, to: path, description: description, threads: threads)
  case .meta:
    let header = source.meta ?? MetaHeader(geometry, axes: source.axes)
    try MetaFile.write(labels, header, to: path, description: description, threads: threads)
  case .gipl:
    try GIPLFile.write(
      labels, source.gipl ?? GIPLHeader(geometry), to: path, description: description)
  case .png, .bmp, .tiff:
    try Picture.write(segmentation, format, to: path)
  case .dicom: try segmentation.writeDICOM(to: path)
  }
}

/// Checks that a segmentation of this image can be written to `path`, before anything is computed.
///
/// - Throws: `unsupported-image`, as `writeSegmentation`.
package func checkTarget(_ path: String, like image: Image) throws(NNXError) {
  _ = try writtenFormat(path, image.fileGeometry, image.header)
}

/// The format at `path`, if it can hold labels on this grid in the place that the header tells.
///
/// - Throws: `unsupported-image`.
private func writtenFormat(
  _ path: String, _ geometry: Geometry, _ header: ImageHeader
) throws(NNXError) -> ImageFormat {
  let format = try ImageFormat(writtenPath: path)
  let shape = geometry.shape
  if format == .gipl, header.gipl == nil,
    geometry.direction != GIPLHeader.direction || shape.contains(where: { $0 > Int(UInt16.max) })
  {
    throw NNXError(
      .unsupportedImage, "\(path) cannot say where its voxels lie: GIPL knows no directions",
      fixes: ["Write the kind of file that the image came in, or NIfTI (.nii.gz)"])
  }
  if format == .nifti, header.nifti == nil, shape.contains(where: { $0 > Int(Int16.max) }) {
    throw NNXError(
      .unsupportedImage, "\(path) cannot be NIfTI: an axis has more than \(Int16.max) voxels",
      details: ["the grid has \(list(shape.reversed()))"],
      fixes: ["Write the kind of file that the image came in"])
  }
  if format.isPicture, header.hasPlace {
    throw NNXError(
      .unsupportedImage, "\(path) cannot say where its voxels lie: \(format.rawValue) has no place",
      fixes: ["Write the kind of file that the image came in, or NIfTI (.nii.gz)"])
  }
  if format.isPicture, format != .tiff, shape[0] > 1 {
    throw NNXError(
      .unsupportedImage, "\(path) cannot hold \(shape[0]) slices: \(format.rawValue) has one",
      fixes: ["Write TIFF (.tif)"])
  }
  return format
}
