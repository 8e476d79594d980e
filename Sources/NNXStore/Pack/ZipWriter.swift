import CZlib
import NNXSystem

/// Writes a zip file of stored entries, the same bytes for the same files: no times, no owners, ZIP64
/// only where a number needs it. After PKWARE's APPNOTE 6.3.10, sections 4.3.7, 4.3.12 and 4.3.14 to
/// 4.3.16.
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
    var crc: UInt = 0
    var size = 0
    try FileReader(path).forEachPiece { (piece) throws(NNXError) in
      digest.update(piece)
      crc = checksum(crc, piece)
      size += piece.byteCount
    }
    return Measure(size: size, crc32: UInt32(crc), sha256: digest.finish())
  }

  /// Adds a text as the entry `name`.
  package func add(_ name: String, _ text: String) throws(NNXError) {
    let bytes = Array(text.utf8)
    let crc = unsafe checksum(0, bytes.span.bytes)
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
    var crc: UInt = 0
    try FileReader(path).forEachPiece { (piece) throws(NNXError) in
      try file.write(piece)
      digest.update(piece)
      crc = checksum(crc, piece)
      size += piece.byteCount
      onBytes(piece.byteCount)
    }
    guard size == measure.size, crc == UInt(measure.crc32) else {
      throw NNXError(.unreadable, "\(path) changed while it was packed")
    }
  }

  private func begin(_ name: String, size: Int, crc32: UInt32) throws(NNXError) {
    let offset = file.count
    let name = Array(name.utf8)
    let isLarge = size >= large
    let sizes = isLarge ? little(0x0001, 2) + little(16, 2) + little(size, 8) + little(size, 8) : []
    let small = isLarge ? 0xFFFF_FFFF : size
    // Version 4.5 for ZIP64, 1.0 else; bit 11: names are UTF-8; stored; 1 January 1980.
    func common(_ extra: Int) -> [UInt8] {
      little(isLarge ? 45 : 10, 2) + little(0x0800, 2) + little(0, 2) + little(0x0021_0000, 4)
        + little(Int(crc32), 4) + little(small, 4) + little(small, 4) + little(name.count, 2)
        + little(extra, 2)
    }
    try write(little(0x0403_4B50, 4) + common(sizes.count) + name + sizes)

    var extra = sizes
    if offset >= large {
      let numbers = isLarge ? little(size, 8) + little(size, 8) : []
      extra = little(0x0001, 2) + little(numbers.count + 8, 2) + numbers + little(offset, 8)
    }
    // Made by Unix, version 4.5; a regular file that everybody may read.
    directory += little(0x0201_4B50, 4) + little(0x032D, 2) + common(extra.count) + little(0, 2)
    directory += little(0, 2) + little(0, 2) + little(0o100644 << 16, 4)
    directory += little(offset >= large ? 0xFFFF_FFFF : offset, 4) + name + extra
    entries += 1
  }

  /// Writes the directory and makes the file visible.
  ///
  /// - Returns: size in bytes and SHA-256 of the whole.
  /// - Throws: `cannot-write`, `no-space`.
  package func finish() throws(NNXError) -> (size: Int, sha256: String) {
    let start = file.count
    let size = directory.count
    try write(directory)
    if start >= large || entries >= 0xFFFF {
      let end = file.count
      try write(
        little(0x0606_4B50, 4) + little(44, 8) + little(45, 2) + little(45, 2) + little(0, 4)
          + little(0, 4) + little(entries, 8) + little(entries, 8) + little(size, 8)
          + little(start, 8))
      try write(little(0x0706_4B50, 4) + little(0, 4) + little(end, 8) + little(1, 4))
    }
    let count = min(entries, 0xFFFF)
    try write(
      little(0x0605_4B50, 4) + little(0, 4) + little(count, 2) + little(count, 2)
        + little(size, 4) + little(start >= large ? 0xFFFF_FFFF : start, 4) + little(0, 2))
    let total = file.count
    try file.commit()
    return (total, digest.finish())
  }

  private func write(_ bytes: [UInt8]) throws(NNXError) {
    try file.write(bytes)
    digest.update(bytes)
  }
}

/// A number in `count` bytes, the lowest first.
private func little(_ value: Int, _ count: Int) -> [UInt8] {
  (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
}

/// CRC-32 of what came before and these bytes.
private func checksum(_ crc: UInt, _ bytes: RawSpan) -> UInt {
  unsafe bytes.withUnsafeBytes { buffer in
    unsafe crc32_z(crc, buffer.baseAddress?.assumingMemoryBound(to: UInt8.self), buffer.count)
  }
}
