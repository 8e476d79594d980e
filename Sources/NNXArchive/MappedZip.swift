import NNXSystem

/// A zip that is mapped into memory, whose stored members are read in place: the containers of torch and NumPy.
package struct MappedZip: Sendable {
  /// In the order of the file.
  package let entries: [ArchiveEntry]
  private let file: MappedFile
  private let rules: ZipRules

  /// Reads the directory.
  ///
  /// - Throws: what the rules say; `unreadable`.
  package init(_ file: MappedFile, _ rules: ZipRules) throws(NNXError) {
    entries = try ZipDirectory(of: file, rules).entries.sorted {
      $0.headerOffset < $1.headerOffset
    }
    self.file = file
    self.rules = rules
  }

  /// Calls `body` with the content of an entry, after its CRC-32 has been checked.
  ///
  /// - Throws: what the rules say when the content differs from what the directory states, and what `body`
  ///   throws.
  package func withContent<Result>(
    of entry: ArchiveEntry, _ body: (RawSpan) throws(NNXError) -> Result
  ) throws(NNXError) -> Result {
    try ZipMember(entry, of: file, rules).withContent(in: file, body)
  }
}
