import NNXSystem

/// The bytes of an image file from front to back, unpacked where they are packed.
///
/// Exact: a byte too few or too many is an error.
final class ByteStream {
  private enum Source {
    case plain(FileReader)
    case packed(InflateReader)
  }

  let path: String
  /// The most bytes that can follow: those of the file, or what deflate can make of them.
  let largestContent: Int
  private let source: Source
  /// Bytes read so far; of a plain file, with those before the start.
  private(set) var position: Int

  /// - Parameters:
  ///   - packing: how the bytes are packed, from `start` on; `nil` when they are not.
  ///   - start: the byte of the file to begin with.
  /// - Throws: `unreadable`, `broken-image`.
  init(
    _ file: FileReader, _ packing: InflateReader.Frame?, from start: Int = 0
  ) throws(NNXError) {
    path = file.path
    guard file.count > 0 else { throw .cutOff(path, "the file is empty") }
    guard start <= file.count else {
      throw .cutOff(path, "its voxels begin at byte \(start), and it has \(file.count)")
    }
    if let packing {
      source = .packed(try InflateReader(file, packing, from: start))
      largestContent = (file.count - start) * ByteStream.largestDeflateRatio
      position = 0
    } else {
      source = .plain(file)
      largestContent = file.count - start
      position = start
    }
  }

  /// Deflate makes at most 1032 bytes of one: 258 bytes from two bits
  /// (https://zlib.net/zlib_tech.html, "Maximum Compression Factor").
  private static let largestDeflateRatio = 1032

  /// Fills the buffer with the next bytes.
  ///
  /// - Parameter what: what is read, for the error message.
  /// - Throws: `broken-image` when the file ends earlier; `unreadable`.
  func fill(_ buffer: UnsafeMutableRawBufferPointer, _ what: String) throws(NNXError) {
    let count = try unsafe read(into: buffer)
    guard count == buffer.count else {
      throw .cutOff(path, "it ends at byte \(position), inside the \(what)")
    }
  }

  /// The next bytes, or as many as there are.
  func start(_ count: Int) throws(NNXError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    let found = try unsafe bytes.withUnsafeMutableBufferPointer { (buffer) throws(NNXError) in
      try unsafe read(into: UnsafeMutableRawBufferPointer(buffer))
    }
    return Array(bytes[..<found])
  }

  /// The next bytes as an array.
  func bytes(_ count: Int, _ what: String) throws(NNXError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    try unsafe bytes.withUnsafeMutableBufferPointer { (buffer) throws(NNXError) in
      try unsafe fill(UnsafeMutableRawBufferPointer(buffer), what)
    }
    return bytes
  }

  /// Passes over the next bytes.
  func skip(_ count: Int, _ what: String) throws(NNXError) {
    var rest = count
    while rest > 0 {
      let step = min(rest, 1 << 16)
      _ = try bytes(step, what)
      rest -= step
    }
  }

  /// Checks that nothing follows.
  ///
  /// - Throws: `broken-image`.
  func expectEnd() throws(NNXError) {
    var byte: UInt8 = 0
    let count = try unsafe withUnsafeMutableBytes(of: &byte) { (buffer) throws(NNXError) in
      try unsafe read(into: buffer)
    }
    guard count == 0 else {
      throw NNXError(
        .brokenImage, "\(path) holds more bytes than its header describes",
        details: ["the voxels end at byte \(position - 1), the file goes on"],
        fixes: ["Export the image again: its header or its end is wrong"])
    }
  }

  private func read(into buffer: UnsafeMutableRawBufferPointer) throws(NNXError) -> Int {
    let count =
      switch source {
      case .plain(let file): try unsafe file.read(at: position, into: buffer)
      case .packed(let packed): try unsafe packed.read(into: buffer)
      }
    position += count
    return count
  }
}
