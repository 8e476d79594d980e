import CZlib
import NNXSystem

/// The zip that PyTorch (1.6 and later) writes its checkpoints as, read strictly.
///
/// Positions come from the central directory, as they must: torch leaves the sizes in local headers
/// empty. Nothing may overlap, be repeated, be encrypted, lie outside one common folder, or follow
/// the end of the directory. Members are stored, or deflated when someone has packed the file again.
/// Format: PKWARE's APPNOTE 6.3, with ZIP64.
package struct TorchZip: Sendable {
  package struct Member: Equatable, Sendable {
    /// Without the common folder: `data.pkl`, `data/17`.
    package var name: String
    /// Where its bytes begin in the file.
    package var offset: Int
    /// Bytes in the file.
    package var storedSize: Int
    /// Bytes of the content.
    package var size: Int
    package var isDeflated: Bool
    package var crc: UInt32
  }

  static let mostMembers = 1_000_000
  static let longestName = 512
  /// DEFLATE cannot expand further than this.
  static let largestRatio = 1032

  package let source: String
  /// By name.
  package let members: [String: Member]

  /// Reads the directory of the zip in `bytes`.
  ///
  /// - Parameter source: what to call the file in errors.
  /// - Throws: `invalid-checkpoint`.
  package init(_ bytes: RawSpan, source: String) throws(NNXError) {
    var reader = TorchZipDirectory(source: source)
    let entries = try reader.entries(bytes)
    self.source = source
    members = try TorchZip.withoutFolder(entries, source)
  }

  /// Reads the directory of a zip whose members need no common folder, such as NumPy's `.npz`.
  ///
  /// - Throws: `invalid-checkpoint`.
  package init(flat bytes: RawSpan, source: String) throws(NNXError) {
    var reader = TorchZipDirectory(source: source)
    self.source = source
    members = Dictionary(try reader.entries(bytes).map { ($0.name, $0) }) { first, _ in first }
  }

  private static func withoutFolder(
    _ entries: [Member], _ source: String
  ) throws(NNXError) -> [String: Member] {
    var members: [String: Member] = [:]
    var folder: Substring?
    for var entry in entries {
      guard let slash = entry.name.firstIndex(of: "/") else {
        throw failure(source, "the member '\(printable(entry.name))' lies outside of a folder")
      }
      guard folder ?? entry.name[..<slash] == entry.name[..<slash] else {
        throw failure(source, "its members lie in several folders")
      }
      folder = entry.name[..<slash]
      entry.name = String(entry.name[entry.name.index(after: slash)...])
      if entry.name.isEmpty || entry.name.hasSuffix("/") {
        guard entry.size == 0 else { throw failure(source, "a folder with content") }
        continue
      }
      guard members.updateValue(entry, forKey: entry.name) == nil else {
        throw failure(source, "the member '\(printable(entry.name))' is repeated")
      }
    }
    return members
  }

  static func failure(_ source: String, _ reason: String) -> NNXError {
    NNXError(.invalidCheckpoint, "\(source) is not a valid checkpoint: \(reason)")
  }

  static func printable(_ name: String) -> String {
    String(name.map { $0.isASCII && $0 >= " " && $0 != "\u{7F}" ? $0 : "?" })
  }

  /// Calls `body` with the content of a member, after its CRC-32 has been checked.
  ///
  /// - Parameter bytes: the whole file.
  /// - Throws: `invalid-checkpoint` when the content differs from what the directory says.
  package func withContent<Result>(
    of member: Member, in bytes: RawSpan, _ body: (RawSpan) throws(NNXError) -> Result
  ) throws(NNXError) -> Result {
    let stored = bytes.extracting(member.offset..<member.offset + member.storedSize)
    if !member.isDeflated {
      try check(member, stored)
      return try body(stored)
    }
    return try inflate(member, stored).withRawSpan { (content) throws(NNXError) in
      try check(member, content)
      return try body(content)
    }
  }

  private func check(_ member: Member, _ content: RawSpan) throws(NNXError) {
    let crc = unsafe content.withUnsafeBytes { buffer in
      unsafe crc32_z(0, buffer.baseAddress?.assumingMemoryBound(to: UInt8.self), buffer.count)
    }
    guard crc == UInt(member.crc) else {
      throw TorchZip.failure(
        source, "the checksum of '\(TorchZip.printable(member.name))' differs")
    }
  }

  private func inflate(_ member: Member, _ stored: RawSpan) throws(NNXError) -> [UInt8] {
    let damaged = TorchZip.failure(
      source, "the compressed bytes of '\(TorchZip.printable(member.name))' are damaged")
    guard member.size <= (member.storedSize + 16) * TorchZip.largestRatio,
      let input = UInt32(exactly: member.storedSize), let output = UInt32(exactly: member.size)
    else { throw damaged }
    // One byte more than announced, so that a longer stream shows.
    var content = [UInt8](repeating: 0, count: member.size + 1)
    var stream = unsafe z_stream()
    guard
      unsafe inflateInit2_(
        &stream, -MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
    else { throw damaged }
    defer { unsafe inflateEnd(&stream) }
    let status = unsafe stored.withUnsafeBytes { source in
      unsafe content.withUnsafeMutableBufferPointer { target in
        unsafe stream.next_in = UnsafeMutablePointer(
          mutating: source.baseAddress?.assumingMemoryBound(to: UInt8.self))
        unsafe stream.avail_in = input
        unsafe stream.next_out = target.baseAddress
        unsafe stream.avail_out = output + 1
        return unsafe CZlib.inflate(&stream, Z_FINISH)
      }
    }
    guard status == Z_STREAM_END, unsafe stream.avail_in == 0, unsafe stream.avail_out == 1 else {
      throw damaged
    }
    content.removeLast()
    return content
  }
}
