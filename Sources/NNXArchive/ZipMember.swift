import NNXSystem

/// Reads the content of one entry of a zip file: stored bytes as they are, deflated ones unpacked.
///
/// Nothing but the central directory is believed, and all of it is checked: the content has exactly
/// the stated size and CRC-32, and the compressed bytes end where they should.
package struct ZipMember {
  let entry: ArchiveEntry
  let source: any RandomAccess
  private let rules: ZipRules

  private static let pieceSize = 1 << 18
  /// The most bytes that are unpacked to memory at once.
  private static let mostInMemory = Int(UInt32.max)

  package init(
    _ entry: ArchiveEntry, of source: any RandomAccess, _ rules: ZipRules = .modelArchive()
  ) {
    self.entry = entry
    self.source = source
    self.rules = rules
  }

  /// Calls `body` with the content, piece after piece; what it got is right only when this returns.
  ///
  /// - Throws: what the rules say (`corrupt-archive`), what reading throws, and what `body` throws.
  package func forEachPiece(_ body: (RawSpan) throws(NNXError) -> Void) throws(NNXError) {
    var count = 0
    var checksum = Checksum.crc32.initial
    func take(_ piece: RawSpan) throws(NNXError) {
      guard piece.byteCount <= entry.size - count else {
        throw damaged("is longer than the \(entry.size) bytes it states")
      }
      count += piece.byteCount
      checksum = Checksum.crc32.updated(checksum, piece)
      try body(piece)
    }
    if entry.method == 0 { try forEachPacked(take) } else { try inflate(take) }
    guard count == entry.size else { throw damaged("ends after \(count) of \(entry.size) bytes") }
    try check(checksum)
  }

  /// The whole content of a small entry.
  ///
  /// - Throws: as `forEachPiece`.
  package func content() throws(NNXError) -> [UInt8] {
    guard entry.size / Inflater.largestRatio <= entry.compressedSize + 16,
      entry.size < ZipMember.mostInMemory
    else { throw damaged("would grow from \(entry.compressedSize) to \(entry.size) bytes") }
    var content: [UInt8] = []
    content.reserveCapacity(entry.size)
    try forEachPiece { (piece) throws(NNXError) in content.append(piece) }
    return content
  }

  /// Calls `body` with the content, which lies in `file` as it is when it is stored.
  ///
  /// - Throws: as `forEachPiece`, and what `body` throws.
  func withContent<Result>(
    in file: MappedFile, _ body: (RawSpan) throws(NNXError) -> Result
  ) throws(NNXError) -> Result {
    guard entry.method == 0 else { return try content().withRawSpan(body) }
    return try file.withBytes { (bytes) throws(NNXError) in
      let content = bytes.extracting(entry.extent)
      try check(Checksum.crc32.updated(Checksum.crc32.initial, content))
      return try body(content)
    }
  }

  private func check(_ checksum: UInt) throws(NNXError) {
    guard checksum == UInt(entry.crc32) else {
      throw rules.refusal(source.path, .checksum, "has another checksum", entry: entry.path)
    }
  }

  private func damaged(_ reason: String) -> NNXError {
    rules.refusal(source.path, .content, reason, entry: entry.path)
  }

  private func forEachPacked(_ body: (RawSpan) throws(NNXError) -> Void) throws(NNXError) {
    let got = try source.forEachPiece(of: entry.extent, pieceSize: ZipMember.pieceSize, body)
    guard got == entry.compressedSize else { throw damaged("ends early") }
  }

  private func inflate(_ body: (RawSpan) throws(NNXError) -> Void) throws(NNXError) {
    let inflater = Inflater(.deflate)
    var output = [UInt8](repeating: 0, count: ZipMember.pieceSize)
    var isComplete = false
    try forEachPacked { (packed) throws(NNXError) in
      guard !isComplete else { throw damaged("has bytes behind its end") }
      var taken = 0
      var isFull = true
      while isFull, !isComplete {
        let rest = packed.extracting(taken..<packed.byteCount)
        let step = inflater.step(rest, into: &output, output.indices)
        if case .isDamaged = step.state { throw damaged("cannot be inflated") }
        taken += step.taken
        isComplete = step.state == .isComplete
        isFull = step.made == output.count
        try output.withRawSpan { (bytes) throws(NNXError) in
          try body(bytes.extracting(0..<step.made))
        }
      }
      guard taken == packed.byteCount else { throw damaged("has bytes behind its end") }
    }
    guard isComplete else { throw damaged("ends early") }
  }
}
