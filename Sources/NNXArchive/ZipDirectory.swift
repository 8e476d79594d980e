import NNXSystem

/// The central directory of a zip file, read strictly and compared with the local headers.
///
/// Everything that tools disagree about is refused: several or shifted end records, entries that
/// overlap, names or sizes that differ between the two headers, encryption, links, devices. After
/// PKWARE's APPNOTE 6.3.10, sections 4.3.7 to 4.3.16 and 4.5.3.
package struct ZipDirectory: Sendable {
  /// In the order of the central directory.
  package let entries: [ArchiveEntry]

  /// Reads the directory of `file` without unpacking anything.
  ///
  /// - Throws: what the rules say (with the entry and the rule it breaks); `unreadable`.
  package init(of file: any RandomAccess, _ rules: ZipRules = .modelArchive()) throws(NNXError) {
    let end = try ZipEndRecord(of: file, rules)
    let limits = rules.limits
    guard end.entryCount <= limits.entries else {
      throw rules.refusal(
        file.path, .tooMany(end.entryCount),
        "it has \(end.entryCount) entries, more than \(limits.entries)")
    }
    // 46 bytes of fixed fields and three fields of at most 65535 bytes; real ones are far smaller.
    guard end.directorySize <= limits.directoryBytes else {
      throw rules.refusal(
        file.path, .directory, "its directory has \(end.directorySize) bytes")
    }
    var cursor = ZipCursor(
      try file.bytes(at: end.directoryOffset, count: end.directorySize), .directory,
      of: file.path, rules)
    var entries: [ArchiveEntry] = []
    for _ in 0..<end.entryCount { entries.append(try ArchiveEntry(central: &cursor)) }
    guard cursor.isAtEnd else {
      throw rules.refusal(file.path, .gap, "its directory is longer than its entries")
    }
    try file.prepare(entries.map(\.headerExtent).map { $0.clamped(to: 0..<file.count) })
    for index in entries.indices { try entries[index].compareLocalHeader(in: file, rules) }
    try ZipDirectory.checkLayout(entries, before: end.directoryOffset, file.path, rules)
    if !rules.isContainer { try limits.check(entries, archiveSize: file.count, file.path) }
    self.entries = entries
  }

  /// Entries must not share bytes: one small piece that many entries unpack makes a bomb.
  private static func checkLayout(
    _ entries: [ArchiveEntry], before directory: Int, _ path: String, _ rules: ZipRules
  ) throws(NNXError) {
    var end = 0
    for entry in entries.sorted(by: { $0.headerOffset < $1.headerOffset }) {
      guard entry.headerOffset >= end else {
        throw rules.refusal(path, .overlap, "overlaps the one before it", entry: entry.path)
      }
      end = entry.dataOffset + entry.compressedSize
    }
    guard end <= directory else {
      throw rules.refusal(path, .overlap, "the last entry overlaps the directory")
    }
  }
}
