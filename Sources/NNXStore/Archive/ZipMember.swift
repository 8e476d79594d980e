import CZlib
import NNXSystem

/// Reads the content of one entry of a zip file: stored bytes as they are, deflated ones through zlib.
///
/// Nothing but the central directory is believed, and all of it is checked: the content has exactly
/// the stated size and CRC-32, and the compressed bytes end where they should.
struct ZipMember {
  let entry: ZipDirectory.Entry
  let source: any RandomAccess

  private static let pieceSize = 1 << 18

  /// Calls `body` with the content, piece after piece; what it got is right only when this returns.
  ///
  /// - Throws: `corrupt-archive`, what reading throws, and what `body` throws.
  func forEachPiece(
    _ body: (UnsafeRawBufferPointer) throws(NNXError) -> Void
  ) throws(NNXError) {
    var count = 0
    var checksum: UInt = 0
    func take(_ piece: UnsafeRawBufferPointer) throws(NNXError) {
      guard piece.count <= entry.size - count else {
        throw damaged("is longer than the \(entry.size) bytes it states")
      }
      count += piece.count
      checksum = unsafe crc32_z(
        checksum, piece.baseAddress?.assumingMemoryBound(to: UInt8.self), piece.count)
      try unsafe body(piece)
    }
    if entry.method == 0 {
      try unsafe forEachPacked { (piece) throws(NNXError) in try unsafe take(piece) }
    } else {
      try unsafe inflate { (piece) throws(NNXError) in try unsafe take(piece) }
    }
    guard count == entry.size else { throw damaged("ends after \(count) of \(entry.size) bytes") }
    guard checksum == UInt(entry.crc32) else { throw damaged("has another checksum") }
  }

  /// The whole content of a small entry.
  ///
  /// - Throws: as `forEachPiece`.
  func content() throws(NNXError) -> [UInt8] {
    var content: [UInt8] = []
    try unsafe forEachPiece { (piece) throws(NNXError) in unsafe content.append(contentsOf: piece) }
    return content
  }

  private func damaged(_ reason: String) -> NNXError {
    .corruptArchive(source.path, "the entry '\(entry.path)' \(reason)")
  }

  private func forEachPacked(
    _ body: (UnsafeRawBufferPointer) throws(NNXError) -> Void
  ) throws(NNXError) {
    var piece = [UInt8](repeating: 0, count: min(ZipMember.pieceSize, entry.compressedSize))
    var done = 0
    while done < entry.compressedSize {
      let size = min(piece.count, entry.compressedSize - done)
      try unsafe piece.withUnsafeMutableBufferPointer { (buffer) throws(NNXError) in
        let part = unsafe UnsafeMutableRawBufferPointer(
          rebasing: UnsafeMutableRawBufferPointer(buffer)[..<size])
        guard try unsafe source.read(at: entry.dataOffset + done, into: part) == size else {
          throw damaged("ends early")
        }
        try unsafe body(UnsafeRawBufferPointer(part))
      }
      done += size
    }
  }

  private func inflate(
    _ body: (UnsafeRawBufferPointer) throws(NNXError) -> Void
  ) throws(NNXError) {
    var stream = unsafe z_stream()
    let size = unsafe Int32(MemoryLayout<z_stream>.size)
    guard unsafe inflateInit2_(&stream, -MAX_WBITS, ZLIB_VERSION, size) == Z_OK else {
      throw damaged("needs more memory than there is")
    }
    defer { unsafe inflateEnd(&stream) }
    var output = [UInt8](repeating: 0, count: ZipMember.pieceSize)
    var isComplete = false
    try unsafe forEachPacked { (packed) throws(NNXError) in
      guard !isComplete else { throw damaged("has bytes behind its end") }
      unsafe stream.next_in = UnsafeMutablePointer(
        mutating: packed.baseAddress?.assumingMemoryBound(to: UInt8.self))
      unsafe stream.avail_in = UInt32(packed.count)
      repeat {
        try unsafe output.withUnsafeMutableBufferPointer { (buffer) throws(NNXError) in
          unsafe stream.next_out = buffer.baseAddress
          unsafe stream.avail_out = UInt32(buffer.count)
          let code = unsafe CZlib.inflate(&stream, Z_NO_FLUSH)
          guard code == Z_OK || code == Z_STREAM_END || code == Z_BUF_ERROR else {
            throw damaged("cannot be inflated")
          }
          isComplete = code == Z_STREAM_END
          let count = buffer.count - Int(unsafe stream.avail_out)
          try unsafe body(
            UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[..<count]))
        }
      } while unsafe !isComplete && stream.avail_out == 0
      guard unsafe stream.avail_in == 0 else { throw damaged("has bytes behind its end") }
    }
    guard isComplete else { throw damaged("ends early") }
  }
}
