import Glibc
import NNXSystem

/// A file that did not exist before, in a folder that becomes visible only when complete.
///
/// Its bytes are on the disk only after `finish()`, which flushes them.
final class NewFile {
  private let path: String
  private var descriptor: Int32

  /// - Throws: `cannot-write` when there is already something of that name, `no-space`.
  init(_ path: String) throws(NNXError) {
    self.path = path
    descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw .system("cannot write", path) }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

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
    }
  }

  func write(_ bytes: RawSpan) throws(NNXError) {
    try unsafe bytes.withUnsafeBytes { (buffer) throws(NNXError) in try unsafe write(buffer) }
  }

  /// Flushes and closes the file.
  func finish() throws(NNXError) {
    let flushed = fsync(descriptor)
    let number = errno
    let closed = close(descriptor)
    descriptor = -1
    guard flushed == 0 else { throw .system("cannot write", path, number) }
    guard closed == 0 else { throw .system("cannot write", path) }
  }
}

/// What follows the last slash of a path.
func lastComponent(_ path: String) -> String {
  String(path[(path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex)...])
}
