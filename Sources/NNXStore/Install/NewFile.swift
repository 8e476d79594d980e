import Glibc
import NNXSystem

/// A file that did not exist before, in a folder that becomes visible only when complete.
///
/// Its bytes are on the disk only after `Writeback.flush`, which whoever makes the folder visible calls
/// for all files together; writing them out begins at once.
final class NewFile {
  private var writer: FileWriter

  /// - Throws: `cannot-write` when there is already something of that name, `no-space`.
  init(_ path: String) throws(NNXError) {
    writer = try FileWriter(
      path,
      descriptor: unsafe open(
        path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o666))
  }

  deinit { try? writer.close() }

  /// - Throws: `no-space`, `unreadable` (an I/O error).
  func write(_ bytes: UnsafeRawBufferPointer) throws(NNXError) {
    try unsafe writer.write(bytes)
  }

  func write(_ bytes: RawSpan) throws(NNXError) {
    try unsafe bytes.withUnsafeBytes { (buffer) throws(NNXError) in try unsafe write(buffer) }
  }

  /// Closes the file.
  ///
  /// - Throws: `no-space`, `unreadable`.
  func close() throws(NNXError) { try writer.close() }
}

/// What follows the last slash of a path.
func lastComponent(_ path: String) -> String {
  String(path[(path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex)...])
}
