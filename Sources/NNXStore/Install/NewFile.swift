import Glibc
import NNXSystem

/// A file that did not exist before, in a folder that becomes visible only when complete.
///
/// Its bytes are on the disk only after `Writeback.flush`, which whoever makes the folder visible calls
/// for all files together; writing them out begins at once.
final class NewFile {
  private let path: String
  private var descriptor: Int32
  /// Bytes written, and those of them that are on their way to the disk.
  private var (count, begun) = (0, 0)

  /// - Throws: `cannot-write` when there is already something of that name, `no-space`.
  init(_ path: String) throws(NNXError) {
    self.path = path
    descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw .system("cannot write", path) }
  }

  deinit { if descriptor >= 0 { Glibc.close(descriptor) } }

  /// - Throws: `no-space`, `unreadable` (an I/O error).
  func write(_ bytes: UnsafeRawBufferPointer) throws(NNXError) {
    var rest = unsafe bytes
    while unsafe !rest.isEmpty {
      let written = unsafe Glibc.write(descriptor, rest.baseAddress, rest.count)
      if written < 0 {
        if errno == EINTR { continue }
        throw .system("cannot write", path)
      }
      unsafe rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(written))
      count += written
    }
    // The disk works while the next bytes are made; whether it did well, `flush` tells.
    if count - begun >= 8 << 20 {
      Writeback.begin(descriptor, at: begun, count: count - begun)
      begun = count
    }
  }

  func write(_ bytes: RawSpan) throws(NNXError) {
    try unsafe bytes.withUnsafeBytes { (buffer) throws(NNXError) in try unsafe write(buffer) }
  }

  /// Closes the file.
  ///
  /// - Throws: `no-space`, `unreadable`.
  func close() throws(NNXError) {
    let code = Glibc.close(descriptor)
    descriptor = -1
    guard code == 0 else { throw .system("cannot write", path) }
  }
}

/// What follows the last slash of a path.
func lastComponent(_ path: String) -> String {
  String(path[(path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex)...])
}
