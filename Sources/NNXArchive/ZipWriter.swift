import NNXSystem

/// Writes a zip file of stored entries, the same bytes for the same files: no times, no owners, ZIP64
/// only where a number needs it.
///
/// Trained weights hardly compress, and stored entries can be read in place.
package final class ZipWriter {
  /// An entry that is going to be written, as its first reading found it.
  package struct Measure: Sendable {
    package var size: Int
    package var crc32: UInt32
    package var sha256: String
  }

  private let file: AtomicFile
  private let digest = Digest(.sha256)
  private var directory: [UInt8] = []
  private var entries = 0

  /// Sizes and offsets from here on are written in 64 bits.
  private let large: Int

  /// - Parameter large: lower in tests, to write ZIP64 without gigabytes.
  /// - Throws: `cannot-write`, `no-space`.
  package init(_ path: String, large: Int = 0xFFFF_FFFF) throws(NNXError) {
    file = try AtomicFile(path)
    self.large = large
  }

  /// Reads a file once, so that its header can be written before its bytes.
  ///
  /// - Throws: `file-not-found`, `unreadable`.
  package static func measure(_ path: String) throws(NNXError) -> Measure {
    let digest = Digest(.sha256)
    var crc = Checksum.crc32.initial
    var size = 0
    try FileReader(path).forEachPiece { (piece) throws(NNXError) in
      digest.update(piece)
      crc = Checksum.crc32.updated(crc, piece)
      size += piece.byteCount
    }
    return Measure(size: size, crc32: UInt32(crc), sha256: digest.finish())
  }

  /// Adds a text as the entry `name`.
  package func add(_ name: String, _ text: String) throws(NNXError) {
    let bytes = Array(text.utf8)
    let crc = bytes.withRawSpan { Checksum.crc32.updated(Checksum.crc32.initial, $0) }
    try begin(name, size: bytes.count, crc32: UInt32(crc))
    try write(bytes)
  }

  /// Adds the file at `path` as the entry `name`.
  ///
  /// - Parameter onBytes: told how many bytes each piece had.
  /// - Throws: `unreadable`, also when the file is no longer what was measured.
  package func add(
    _ name: String, _ path: String, _ measure: Measure, onBytes: (Int) -> Void
  ) throws(NNXError) {
    try begin(name, size: measure.size, crc32: measure.crc32)
    var size = 0
    var crc = Checksum.crc32.initial
    try FileReader(path).forEachPiece { (piece) throws(NNXError) in
      try file.write(piece)
      digest.update(piece)
      crc = Checksum.crc32.updated(crc, piece)
      size += piece.byteCount
      onBytes(piece.byteCount)
    }
    guard size == measure.size, crc == UInt(measure.crc32) else {
      throw NNXError(.unreadable, "\(path) changed while it was packed")
    }
  }

  private func begin(_ name: String, size: Int, crc32: UInt32) throws(NNXError) {
    // Made by Unix, version 4.5; a regular file that everybody may read.
    var record = ZipRecord(
      name, method: 0, flags: ZipRecord.hasUTF8Names, isLarge: size >= large, madeBy: 0x032D,
      attributes: 0o100644 << 16)
    (record.size, record.compressedSize, record.crc32) = (size, size, crc32)
    record.offset = file.count
    record.isFar = file.count >= large
    try write(record.localHeader)
    directory += record.centralHeader
    entries += 1
  }

  /// Writes the directory and makes the file visible.
  ///
  /// - Returns: size in bytes and SHA-256 of the whole.
  /// - Throws: `cannot-write`, `no-space`.
  package func finish() throws(NNXError) -> (size: Int, sha256: String) {
    let start = file.count
    try write(directory)
    try write(
      ZipRecord.end(
        entries: entries, start: start, size: directory.count,
        isLarge: start >= large || entries >= 0xFFFF, isFar: start >= large))
    let total = file.count
    try file.commit()
    return (total, digest.finish())
  }

  private func write(_ bytes: [UInt8]) throws(NNXError) {
    try file.write(bytes)
    digest.update(bytes)
  }
}
