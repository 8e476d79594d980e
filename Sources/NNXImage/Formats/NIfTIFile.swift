import NNXArchive
import NNXSystem
import NNXTensor

/// A NIfTI-1 or NIfTI-2 file (`.nii`, `.nii.gz`) that is open for reading.
final class NIfTIFile {
  let header: NIfTIHeader
  let geometry: Geometry
  /// What is odd about the file and does not forbid its use, one line each.
  let remarks: [String]
  /// Of all volumes, one after the other along z.
  let voxels: StoredVoxels
  /// More than one only for a reader that takes their mean.
  let volumes: Int
  /// What the values of a label map stand for, if the file tells.
  let table: LabelTable

  /// Opens the file and judges its header.
  ///
  /// - Parameters:
  ///   - reader: whose rules for intensities, spacings and places count; ITK's unless it is nibabel.
  ///   - readsNonFinite: whether values that are no numbers become what ITK makes of them.
  /// - Throws: `file-not-found`, `unreadable`, `broken-image`, `unsupported-image`, `geometry`.
  init(
    _ path: String, _ reader: ImageReader? = nil, readsNonFinite: Bool = false
  ) throws(NNXError) {
    let isGzip = path.lowercased().hasSuffix(".gz")
    let stream = try ByteStream(try FileReader(path), isGzip ? .gzip : nil)
    let start = try stream.start(NIfTIHeader.Version.one.size)
    let kind = FileContents(start)
    guard kind == .nifti, let version = NIfTIHeader.version(of: start) else {
      // A file that is cut off may be too short to tell anything.
      guard kind != nil || start.count == NIfTIHeader.Version.one.size else {
        throw .cutOff(path, "it ends at byte \(start.count), inside the header")
      }
      throw FileContents.mismatch(path, start, expected: isGzip ? .packedNIfTI : .nifti)
    }
    guard start.count == NIfTIHeader.Version.one.size else {
      throw .cutOff(path, "it ends at byte \(start.count), inside the header")
    }
    let rest = try stream.bytes(version.size - start.count, "header")
    var header = try NIfTIHeader(start + rest, path: path)
    let isNibabel = reader?.isNibabel ?? false
    let averages = reader == .nibabelMean
    (geometry, remarks) = try header.geometry(
      path: path, isNibabel: isNibabel, allowsSeveral: averages)
    volumes = averages && header.dim[0] > 3 ? header.dim[4] : 1
    let type = try header.voxelType(path: path)
    let offset = try header.checkedDataOffset(path: path)
    // Label tables have some kilobytes; larger extensions hold something else.
    let length = offset - header.version.size
    let known = try stream.bytes(
      min(length, 1 << 20, stream.largestContent), "header extensions")
    header.extensions = known
    self.header = header
    table = LabelTable(extensions: known, isSwapped: header.isSwapped)
    try stream.skip(length - known.count, "header extensions")
    voxels = try StoredVoxels(
      stream, type, isSwapped: header.isSwapped,
      shape: [volumes * geometry.shape[0]] + geometry.shape[1...],
      scale: isNibabel
        ? IntensityScale(nibabelSlope: header.slope, intercept: header.intercept)
        : IntensityScale(slope: header.slope, intercept: header.intercept),
      zeroesNonFinite: readsNonFinite && !isNibabel)
  }
}
