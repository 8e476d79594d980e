import NNXArchive
import NNXSystem
import NNXTensor

/// A MetaImage file (`.mha`, or `.mhd` with the voxels beside it) that is open for reading.
///
/// A reader of our own: no Debian package holds MetaIO apart from all of ITK. Tested against what
/// SimpleITK reads.
final class MetaFile {
  let header: MetaHeader
  let geometry: Geometry
  /// What is odd about the file and does not forbid its use, one line each.
  let remarks: [String]
  let voxels: StoredVoxels

  /// Opens the file and judges its header.
  ///
  /// - Throws: `file-not-found`, `unreadable`, `broken-image`, `unsupported-image`, `geometry`.
  init(_ path: String) throws(NNXError) {
    let file = try FileReader(path)
    guard file.count > 0 else { throw .cutOff(path, "the file is empty") }
    let text = try TextHeader(file) { MetaHeader.field($0)?.name == MetaHeader.last }
    guard let text else {
      if let mismatch = try FileContents.mismatch(file, expected: .meta) { throw mismatch }
      throw .badHeader(
        path, "it is no MetaImage header, or cut off: there is no field \(MetaHeader.last)")
    }
    header = try MetaHeader(text.lines, path: path)
    let (geometry, remarks) = try header.geometry(path: path)
    self.geometry = geometry
    self.remarks =
      header.value("ElementToIntensityFunctionSlope") == nil
      ? remarks : remarks + ["its ElementToIntensityFunction is not applied, as SimpleITK does not"]
    let type = try header.voxelType(path: path)
    voxels = try StoredVoxels(
      try MetaFile.stream(header, file, text.end, (geometry.shape + [type.size]).product), type,
      isSwapped: try header.isSwapped(path: path), shape: geometry.shape)
  }

  /// A stream that is about to give the first voxel.
  ///
  /// - Parameter size: bytes of all voxels; `nil` when there are more than any file has.
  private static func stream(
    _ header: MetaHeader, _ file: FileReader, _ end: Int, _ size: Int?
  ) throws(NNXError) -> ByteStream {
    let path = file.path
    let name = header.value(MetaHeader.last) ?? ""
    let isPacked = try header.isPacked(path: path)
    let isLocal = name.uppercased() == "LOCAL"
    guard isLocal || (name.uppercased() != "LIST" && !name.contains("%")) else {
      throw NNXError(
        .unsupportedImage, "\(path) has its voxels in several files",
        fixes: ["Write the image to one file with SimpleITK or 3D Slicer"])
    }
    let source = isLocal ? file : try dataFile(name, namedBy: path)
    var start = isLocal ? end : 0
    if let skipped = try header.size("HeaderSize", path: path), !isLocal {
      if skipped == -1 {
        guard !isPacked, let size, source.count >= size else {
          throw .cutOff(source.path, "it has fewer bytes than its voxels need")
        }
        start = source.count - size
      } else {
        start = skipped
      }
    }
    if isPacked, let packed = try header.size("CompressedDataSize", path: path), packed > 0,
      source.count - start != packed
    {
      throw .cutOff(
        source.path, "it has \(source.count - start) bytes of packed voxels, not \(packed)")
    }
    return try ByteStream(source, isPacked ? .zlib : nil, from: start)
  }
}
