import NNXArchive
import NNXSystem
import NNXTensor

/// An NRRD file (`.nrrd`, or `.nhdr` with the voxels beside it) that is open for reading.
///
/// A reader of our own: Debian's libteem is a snapshot of 2016 that allocates what a header asks for
/// before it has seen a voxel and keeps its errors in global state, and the format is a dozen lines of
/// text before raw or gzip voxels. Tested against what SimpleITK reads.
final class NRRDFile {
  let header: NRRDHeader
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
    if let mismatch = try FileContents.mismatch(file, expected: .nrrd) { throw mismatch }
    let text = try TextHeader(file) { $0.isEmpty }
    // A header with its voxels elsewhere may end with the file.
    let whole = if let text { text } else { try TextHeader.all(of: file) }
    header = try NRRDHeader(whole.lines.filter { !$0.isEmpty }, path: path)
    guard text != nil || header.value("datafile") != nil else {
      throw .cutOff(path, "it ends at byte \(file.count), inside the header")
    }
    (geometry, remarks) = try header.geometry(path: path)
    let type = try header.voxelType(path: path)
    voxels = try StoredVoxels(
      try NRRDFile.stream(header, file, whole.end, (geometry.shape + [type.size]).product), type,
      isSwapped: try header.isSwapped(type, path: path), shape: geometry.shape)
  }

  /// A stream that is about to give the first voxel.
  ///
  /// - Parameter size: bytes of all voxels; `nil` when there are more than any file has.
  private static func stream(
    _ header: NRRDHeader, _ file: FileReader, _ end: Int, _ size: Int?
  ) throws(NNXError) -> ByteStream {
    let path = file.path
    var (source, start) = (file, end)
    if let name = header.value("datafile") {
      guard name.uppercased() != "LIST", !name.uppercased().hasPrefix("LIST "),
        !name.contains("%")
      else {
        throw NNXError(
          .unsupportedImage, "\(path) has its voxels in several files",
          fixes: ["Write the image to one file with SimpleITK or 3D Slicer"])
      }
      (source, start) = (try dataFile(name, namedBy: path), 0)
    }
    let packing = try header.packing(path: path)
    start = try skipLines(try header.skip("lineskip", path: path), source, from: start)
    let bytes = try header.skip("byteskip", path: path)
    if bytes == -1 {
      guard packing == nil else { throw .badHeader(path, "byte skip -1 is for raw voxels only") }
      guard let size, source.count - start >= size else {
        throw .cutOff(source.path, "it has fewer bytes than its voxels need")
      }
      return try ByteStream(source, nil, from: source.count - size)
    }
    let stream = try ByteStream(source, packing, from: start)
    try stream.skip(bytes, "bytes to be skipped")
    return stream
  }

  /// The byte after so many lines.
  private static func skipLines(
    _ count: Int, _ file: FileReader, from start: Int
  ) throws(NNXError) -> Int {
    var position = start
    for _ in 0..<max(count, 0) {
      let bytes = try file.bytes(at: position, count: min(file.count - position, 1 << 16))
      guard let end = bytes.firstIndex(of: UInt8(ascii: "\n")) else {
        throw .badHeader(file.path, "it has fewer lines than are to be skipped")
      }
      position += end + 1
    }
    return position
  }
}
