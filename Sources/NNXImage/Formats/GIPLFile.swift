import NNXSystem
import NNXTensor

/// A GIPL file (Guy's Image Processing Lab) that is open for reading: a header, then voxels, most
/// significant byte first. nnU-Net's SimpleITKIO takes them; tested against what SimpleITK reads.
final class GIPLFile {
  let header: GIPLHeader
  let geometry: Geometry
  let voxels: StoredVoxels

  /// Opens the file and judges its header.
  ///
  /// - Throws: `file-not-found`, `unreadable`, `broken-image`, `unsupported-image`.
  init(_ path: String) throws(NNXError) {
    let stream = try ByteStream(try FileReader(path), nil)
    header = try GIPLHeader(try stream.bytes(GIPLHeader.size, "header"), path: path)
    geometry = try header.geometry(path: path)
    voxels = try StoredVoxels(
      stream, try header.voxelType(path: path), isSwapped: true, shape: geometry.shape)
  }

  /// Writes labels; the same bytes every time.
  ///
  /// - Parameters:
  ///   - header: whose place the file repeats.
  ///   - path: appears only when the file is complete.
  ///   - description: the header's text.
  /// - Throws: `file-not-found` when the folder is missing, `cannot-write`, `no-space`.
  static func write(
    _ labels: LabelMap, _ header: GIPLHeader, to path: String, description: String
  ) throws(NNXError) {
    let file = try AtomicFile(path, isSealed: ImageMark.isSealed(description))
    try file.write(header.bytesForLabels(isWide: labels.isWide, description: description))
    try labels.forEachPart(isSwapped: true) { (part) throws(NNXError) in try file.write(part) }
    try file.commit()
  }
}
