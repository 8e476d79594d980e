import NNXArchive
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
    _ file: FileReader, _ packing: Inflater.Frame?, from start: Int = 0
  ) throws(NNXError) {
    path = file.path
    guard file.count > 0 else { throw .cutOff(path, "the file is empty") }
    guard start <= file.count else {
      throw .cutOff(path, "its voxels begin at byte \(start), and it has \(file.count)")
    }
    if let packing {
      do throws(InflateReader.Problem) {
        source = .packed(try InflateReader(file, packing, from: start))
      } catch { throw try ByteStream.error(error, file, packing, from: start) }
      largestContent = (file.count - start) * Inflater.largestRatio
      position = 0
    } else {
      source = .plain(file)
      largestContent = file.count - start
      position = start
    }
  }

  /// Reads the next bytes to the beginning of `buffer`.
  ///
  /// - Parameter what: what is read, for the error message.
  /// - Throws: `broken-image` when the file ends earlier; `unreadable`.
  func read(_ count: Int, into buffer: inout [UInt8], _ what: String) throws(NNXError) {
    guard try read(count, into: &buffer) == count else {
      throw .cutOff(path, "it ends at byte \(position), inside the \(what)")
    }
  }

  /// The next bytes, or as many as there are.
  func start(_ count: Int) throws(NNXError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    let found = try read(count, into: &bytes)
    return Array(bytes[..<found])
  }

  /// The next bytes as an array.
  func bytes(_ count: Int, _ what: String) throws(NNXError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    try read(count, into: &bytes, what)
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
    var byte: [UInt8] = [0]
    guard try read(1, into: &byte) == 0 else {
      throw NNXError(
        .brokenImage, "\(path) holds more bytes than its header describes",
        details: ["the voxels end at byte \(position - 1), the file goes on"],
        fixes: ["Export the image again: its header or its end is wrong"])
    }
  }

  private func read(_ count: Int, into buffer: inout [UInt8]) throws(NNXError) -> Int {
    let found: Int
    switch source {
    case .plain(let file): found = try file.read(count, at: position, into: &buffer)
    case .packed(let packed):
      do throws(InflateReader.Problem) { found = try packed.read(count, into: &buffer) } catch {
        throw try ByteStream.error(error, packed.file, packed.frame)
      }
    }
    position += found
    return found
  }

  private static func error(
    _ problem: InflateReader.Problem, _ file: FileReader, _ frame: Inflater.Frame,
    from start: Int = 0
  ) throws(NNXError) -> NNXError {
    let path = file.path
    switch problem {
    case .noGzip where start > 0: return .damaged(path, "no gzip data begins at byte \(start)")
    case .noGzip:
      let begin = try file.bytes(at: 0, count: min(file.count, 512))
      return FileContents.mismatch(path, begin, expected: .gzip)
    case .endsEarly:
      return .cutOff(path, "the \(frame) data ends after \(file.count) bytes without its end mark")
    case .isDamaged(let reason): return .damaged(path, "the \(frame) data is wrong: \(reason)")
    case .goesOn: return .damaged(path, "other bytes follow the end of the \(frame) data")
    case .file(let error): return error
    }
  }
}
