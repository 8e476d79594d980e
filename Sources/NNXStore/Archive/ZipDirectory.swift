import NNXSystem

/// The central directory of a zip file, read strictly and compared with the local headers.
///
/// Everything that tools disagree about is refused: several or shifted end records, entries that
/// overlap, names or sizes that differ between the two headers, encryption, links, devices. After
/// PKWARE's APPNOTE 6.3.10, sections 4.3.7 to 4.3.16 and 4.5.3.
package struct ZipDirectory: Sendable {
  package struct Entry: Sendable, Equatable {
    /// As written in the archive; folders end with a slash.
    package var path: String
    package var isFolder: Bool
    /// Bytes once unpacked.
    package var size: Int
    /// Bytes in the archive.
    package var compressedSize: Int
    /// 0 stored, 8 deflated.
    package var method: UInt16
    package var crc32: UInt32
    /// Of the local header, from the start of the archive.
    package var headerOffset: Int
    /// Of the compressed bytes.
    package var dataOffset: Int

    /// Where its local header most likely ends: writers repeat the name and add little to it.
    var headerExtent: Range<Int> { headerOffset..<headerOffset + 30 + path.utf8.count + 128 }
    /// Of the compressed bytes in the archive.
    package var extent: Range<Int> { dataOffset..<dataOffset + compressedSize }
  }

  /// In the order of the central directory.
  package let entries: [Entry]

  /// Reads the directory of `file` without unpacking anything.
  ///
  /// - Throws: `not-a-zip`, `unsafe-archive` (with the entry and the rule it breaks), `unreadable`.
  package init(of file: any RandomAccess, limits: ArchiveLimits = .init()) throws(NNXError) {
    let end = try ZipEndRecord(of: file)
    guard end.entryCount <= limits.entries else {
      throw .unsafeArchive(
        file.path, "it has \(end.entryCount) entries, more than \(limits.entries)")
    }
    // 46 bytes of fixed fields and three fields of at most 65535 bytes; real ones are far smaller.
    guard end.directorySize <= limits.directoryBytes else {
      throw .unsafeArchive(file.path, "its directory has \(end.directorySize) bytes")
    }
    var cursor = ZipCursor(
      bytes: try file.bytes(at: end.directoryOffset, count: end.directorySize), path: file.path)
    var entries: [Entry] = []
    for _ in 0..<end.entryCount { entries.append(try Entry(central: &cursor)) }
    guard cursor.isAtEnd else {
      throw .unsafeArchive(file.path, "its directory is longer than its entries")
    }
    try file.prepare(entries.map(\.headerExtent).map { $0.clamped(to: 0..<file.count) })
    for index in entries.indices { try entries[index].compareLocalHeader(in: file) }
    try ZipDirectory.checkLayout(entries, before: end.directoryOffset, file.path)
    try limits.check(entries, archiveSize: file.count, file.path)
    self.entries = entries
  }

  /// Entries must not share bytes: one small piece that many entries unpack makes a bomb.
  private static func checkLayout(
    _ entries: [Entry], before directory: Int, _ path: String
  ) throws(NNXError) {
    var end = 0
    for entry in entries.sorted(by: { $0.headerOffset < $1.headerOffset }) {
      guard entry.headerOffset >= end else {
        throw .unsafeArchive(path, "the entry '\(entry.path)' overlaps the one before it")
      }
      end = entry.dataOffset + entry.compressedSize
    }
    guard end <= directory else {
      throw .unsafeArchive(path, "the last entry overlaps the directory")
    }
  }
}
