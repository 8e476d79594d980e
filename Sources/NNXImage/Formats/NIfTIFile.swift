import NNXSystem
import NNXTensor

/// A NIfTI-1 or NIfTI-2 file (`.nii`, `.nii.gz`) that is open for reading.
final class NIfTIFile {
  let header: NIfTIHeader
  let geometry: Geometry
  /// What is odd about the file and does not forbid its use, one line each.
  let remarks: [String]
  let voxels: StoredVoxels
  /// What the values of a label map stand for, if the file tells.
  let table: LabelTable

  /// Opens the file and judges its header.
  ///
  /// - Parameter reader: whose rules for intensities and spacings count; ITK's unless it is nibabel.
  /// - Throws: `file-not-found`, `unreadable`, `broken-image`, `unsupported-image`, `geometry`.
  init(_ path: String, _ reader: ImageReader? = nil) throws(NNXError) {
    let isGzip = path.lowercased().hasSuffix(".gz")
    let stream = try ByteStream(path, isGzip: isGzip)
    let start = try stream.bytes(NIfTIHeader.Version.one.size, "header")
    guard let version = NIfTIHeader.version(of: start) else {
      throw NIfTIFile.notNIfTI(path, start)
    }
    let rest = try stream.bytes(version.size - start.count, "header")
    header = try NIfTIHeader(start + rest, path: path)
    let isNibabel = reader?.isNibabel ?? false
    (geometry, remarks) = try header.geometry(path: path, appliesUnits: !isNibabel)
    let type = try header.voxelType(path: path)
    let offset = try header.checkedDataOffset(path: path)
    // Label tables have some kilobytes; larger extensions hold something else.
    let length = offset - header.version.size
    let known = try stream.bytes(min(length, 1 << 20), "header extensions")
    table = LabelTable(extensions: known, isSwapped: header.isSwapped)
    try stream.skip(length - known.count, "header extensions")
    voxels = try StoredVoxels(
      stream, type, isSwapped: header.isSwapped, shape: geometry.shape,
      scale: isNibabel
        ? IntensityScale(nibabelSlope: header.slope, intercept: header.intercept)
        : IntensityScale(slope: header.slope, intercept: header.intercept))
  }

  private static func notNIfTI(_ path: String, _ start: [UInt8]) -> NNXError {
    if start.starts(with: [0x1F, 0x8B]) {
      return NNXError(
        .brokenImage, "\(path) is a gzip file, whatever its name says",
        fixes: ["Rename it to end in .nii.gz"])
    }
    return NNXError(
      .brokenImage, "\(path) is not a NIfTI file",
      details: ["its first four bytes are \(start.prefix(4).map(Int.init)), not 348 or 540"],
      fixes: ["Convert the image to NIfTI (.nii.gz)"])
  }
}
