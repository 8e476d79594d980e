import CZlib
import Glibc
import NNXSystem

/// The bytes of a tar archive from front to back, unpacked where they are packed with gzip.
@safe final class TarStream {
  let path: String
  /// How many bytes were read.
  private(set) var position = 0
  private let stream: gzFile
  private var piece = [UInt8](repeating: 0, count: TarStream.pieceSize)

  private static let pieceSize = 1 << 18

  /// - Throws: `unreadable`.
  init(_ file: FileReader) throws(NNXError) {
    path = file.path
    // Its own place in the file: others may read the same one.
    let descriptor = unsafe open("/proc/self/fd/\(file.descriptor)", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system("cannot open", path) }
    guard let stream = unsafe gzdopen(descriptor, "rb") else {
      close(descriptor)
      throw NNXError(.unreadable, "\(path) cannot be read: there is no memory for it")
    }
    unsafe self.stream = stream
    unsafe gzbuffer(stream, UInt32(TarStream.pieceSize))
  }

  deinit { unsafe gzclose_r(stream) }

  /// Whether a file that begins so is a tar archive, or may be one that is packed.
  static func isOne(_ file: FileReader) throws(NNXError) -> Bool {
    let head = try file.bytes(at: 0, count: min(file.count, 512))
    if head.starts(with: [0x1F, 0x8B]) { return true }
    return head.count == 512 && head[257..<262].elementsEqual("ustar".utf8)
  }

  /// Calls `body` with the next `count` bytes, piece after piece.
  ///
  /// - Returns: how many there were; fewer only at the end.
  /// - Throws: `corrupt-archive` when they cannot be unpacked, and what `body` throws.
  @discardableResult
  func forEachPiece(
    of count: Int, _ body: (UnsafeRawBufferPointer) throws(NNXError) -> Void
  ) throws(NNXError) -> Int {
    var done = 0
    while done < count {
      let wanted = min(count - done, TarStream.pieceSize)
      let got = try unsafe piece.withUnsafeMutableBufferPointer { (buffer) throws(NNXError) in
        let got = unsafe Int(gzread(stream, buffer.baseAddress, UInt32(wanted)))
        if got > 0 {
          try unsafe body(UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: buffer[..<got])))
        }
        return got
      }
      guard got >= 0 else { throw damaged("it cannot be unpacked") }
      done += got
      position += got
      if got < wanted {
        // The end of the file, which may lie inside of what is packed.
        var code: Int32 = 0
        _ = unsafe gzerror(stream, &code)
        guard code == Z_OK || code == Z_STREAM_END else { throw damaged("it ends early") }
        break
      }
    }
    return done
  }

  /// Exactly the next `count` bytes; `nil` at the end of the file.
  ///
  /// - Throws: `corrupt-archive`, also when there are some but not so many.
  func bytes(_ count: Int) throws(NNXError) -> [UInt8]? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    let got = try unsafe forEachPiece(of: count) { (piece) throws(NNXError) in
      unsafe bytes.append(contentsOf: piece)
    }
    if got == 0 { return nil }
    guard got == count else { throw damaged("it ends early") }
    return bytes
  }

  /// Passes over bytes that must be there.
  ///
  /// - Throws: `corrupt-archive`.
  func skip(_ count: Int) throws(NNXError) {
    guard try unsafe forEachPiece(of: count, { _ in }) == count else {
      throw damaged("it ends early")
    }
  }

  func damaged(_ reason: String) -> NNXError { .corruptArchive(path, reason) }
}
