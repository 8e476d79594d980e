/// Bytes that can be read from any offset: a file of this machine, or one that lies on a host.
package protocol RandomAccess: AnyObject, Sendable {
  /// What to call it in errors.
  var path: String { get }
  /// Bytes in all.
  var count: Int { get }

  /// Reads up to `buffer.count` bytes from `offset`; fewer only at the end.
  ///
  /// - Throws: `unreadable`; over a network what fetching throws.
  func read(
    at offset: Int, into buffer: UnsafeMutableRawBufferPointer
  ) throws(NNXError) -> Int

  /// Says which parts will be read next, so that neighbours can be brought together.
  ///
  /// - Throws: as `read`.
  func prepare(_ parts: [Range<Int>]) throws(NNXError)
}

extension RandomAccess {
  package func prepare(_ parts: [Range<Int>]) {}

  /// Reads up to `count` bytes from `offset` to the beginning of `piece`; fewer only at the end.
  ///
  /// - Throws: as `read(at:into:)`.
  package func read(
    _ count: Int, at offset: Int, into piece: inout [UInt8]
  ) throws(NNXError) -> Int {
    try unsafe piece.withUnsafeMutableBufferPointer { (buffer) throws(NNXError) in
      try unsafe read(
        at: offset,
        into: UnsafeMutableRawBufferPointer(UnsafeMutableBufferPointer(rebasing: buffer[..<count])))
    }
  }

  /// Calls `body` with the bytes of `extent`, piece after piece, in order.
  ///
  /// - Returns: how many bytes there were; fewer than asked for only at the end.
  /// - Throws: as `read`, and what `body` throws.
  package func forEachPiece(
    of extent: Range<Int>, pieceSize: Int, _ body: (RawSpan) throws(NNXError) -> Void
  ) throws(NNXError) -> Int {
    var piece = [UInt8](repeating: 0, count: min(pieceSize, extent.count))
    var done = 0
    while done < extent.count {
      let wanted = min(piece.count, extent.count - done)
      let got = try read(wanted, at: extent.lowerBound + done, into: &piece)
      if got > 0 {
        try piece.withRawSpan { (bytes) throws(NNXError) in try body(bytes.extracting(0..<got)) }
      }
      done += got
      if got < wanted { break }
    }
    return done
  }

  /// Exactly `count` bytes from `offset`.
  ///
  /// - Throws: as `read`, also when there are not so many.
  package func bytes(at offset: Int, count: Int) throws(NNXError) -> [UInt8] {
    guard offset >= 0, count >= 0, offset <= self.count, count <= self.count - offset else {
      throw NNXError(.unreadable, "\(path) ends early: \(count) bytes wanted at offset \(offset)")
    }
    var bytes = [UInt8](repeating: 0, count: count)
    guard try read(count, at: offset, into: &bytes) == count else {
      throw NNXError(.unreadable, "\(path) ends early: \(count) bytes wanted at offset \(offset)")
    }
    return bytes
  }
}

extension MappedFile: RandomAccess {
  package func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) -> Int {
    let part = offset..<max(offset, min(count, offset + buffer.count))
    guard !part.isEmpty else { return 0 }
    unsafe buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[part]))
    return part.count
  }
}
