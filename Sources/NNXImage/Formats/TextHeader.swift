import NNXSystem

/// The lines of text at the beginning of an image file (NRRD, MetaImage).
struct TextHeader {
  /// Without line ends.
  let lines: [String]
  /// The byte of the file that follows.
  let end: Int

  /// Headers of real files have a few hundred bytes; Slicer's segmentations some tens of thousands.
  private static let largest = 1 << 20

  /// Reads lines up to and with the first that `isLast` holds for.
  ///
  /// - Parameter isLast: of a line without its end.
  /// - Returns: `nil` when no such line comes within the file, or within the first megabyte.
  /// - Throws: `unreadable`.
  init?(_ file: FileReader, until isLast: (String) -> Bool) throws(NNXError) {
    let bytes = try file.bytes(at: 0, count: min(file.count, TextHeader.largest))
    var lines: [String] = []
    var start = 0
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
      var line = bytes[start..<end]
      if line.last == UInt8(ascii: "\r") { line.removeLast() }
      let text = String(decoding: line, as: UTF8.self)
      lines.append(text)
      start = end + 1
      if isLast(text) {
        self.lines = lines
        self.end = min(start, bytes.count)
        return
      }
    }
    return nil
  }

  private init(lines: [String], end: Int) {
    self.lines = lines
    self.end = end
  }

  /// All lines of a file.
  ///
  /// - Throws: `unreadable`; `broken-image` when the file is larger than headers are.
  static func all(of file: FileReader) throws(NNXError) -> TextHeader {
    guard file.count <= largest else {
      throw .badHeader(file.path, "its header does not end within \(largest) bytes")
    }
    let text = String(decoding: try file.bytes(at: 0, count: file.count), as: UTF8.self)
    let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
    return TextHeader(lines: lines.map(String.init), end: file.count)
  }
}

extension StringProtocol {
  /// Without spaces and tabs at both ends.
  var trimmed: String {
    let bytes = Array(utf8)
    guard let start = bytes.firstIndex(where: { !$0.isBlank }),
      let last = bytes.lastIndex(where: { !$0.isBlank })
    else { return "" }
    return String(decoding: bytes[start...last], as: UTF8.self)
  }

  /// A number in decimal digits, as text headers hold it. C's other spellings, such as `0x10`, `inf` and
  /// `nan`, mean different things to the programs that read these formats.
  var decimal: Double? {
    utf8.allSatisfy { "0123456789+-.eE".utf8.contains($0) } ? Double(self) : nil
  }

  /// The words between spaces and tabs.
  var words: [String] {
    utf8.split(whereSeparator: \.isBlank).map { String(decoding: $0, as: UTF8.self) }
  }
}

extension UInt8 {
  /// Whether it is a space or a tab.
  fileprivate var isBlank: Bool { self == UInt8(ascii: " ") || self == UInt8(ascii: "\t") }
}

/// The file with voxels that a header names: beside the header, nowhere else.
///
/// - Throws: `unsupported-image` when the name leads elsewhere; `broken-image` when there is no such
///   file.
func dataFile(_ name: String, namedBy path: String) throws(NNXError) -> FileReader {
  guard !name.isEmpty, !name.contains("/"), !name.contains("\0") else {
    throw NNXError(
      .unsupportedImage, "\(path) names a file with voxels that does not lie beside it",
      details: ["it names '\(name.excerpt)'"],
      fixes: ["Put both files into one folder and name the second without a folder"])
  }
  let beside = parentFolder(path) + "/" + name
  guard Folder.isFile(beside) else {
    throw NNXError(
      .brokenImage, "\(path) has no voxels: they should be in \(beside)",
      fixes: ["Copy both files, the header and the voxels"])
  }
  return try FileReader(beside)
}
