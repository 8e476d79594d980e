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

  /// Exactly `count` bytes from `offset`.
  ///
  /// - Throws: as `read`, also when there are not so many.
  package func bytes(at offset: Int, count: Int) throws(NNXError) -> [UInt8] {
    guard offset >= 0, count >= 0, offset <= self.count, count <= self.count - offset else {
      throw NNXError(.unreadable, "\(path) ends early: \(count) bytes wanted at offset \(offset)")
    }
    var bytes = [UInt8](repeating: 0, count: count)
    let got = try unsafe bytes.withUnsafeMutableBufferPointer { (buffer) throws(NNXError) in
      try unsafe read(at: offset, into: UnsafeMutableRawBufferPointer(buffer))
    }
    guard got == count else {
      throw NNXError(.unreadable, "\(path) ends early: \(count) bytes wanted at offset \(offset)")
    }
    return bytes
  }
}
