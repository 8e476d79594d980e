import Glibc
import NNXSystem

/// A file that did not exist before, in a folder that becomes visible only when complete.
///
/// Its bytes are on the disk only after `Writeback.flush`, which whoever makes the folder visible calls
/// for all files together; writing them out begins at once.
final class NewFile {
  private var writer: FileWriter
  private let digest = Digest(.sha256)

  /// - Throws: `cannot-write` when there is already something of that name, `no-space`.
  init(_ path: String) throws(NNXError) {
    writer = try FileWriter(
      path,
      descriptor: SystemCall.open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW))
  }

  deinit { try? writer.close() }

  /// - Throws: `no-space`, `unreadable` (an I/O error).
  func write(_ bytes: RawSpan) throws(NNXError) {
    try writer.write(bytes)
    digest.update(bytes)
  }

  /// Closes the file.
  ///
  /// - Returns: its SHA-256.
  /// - Throws: `no-space`, `unreadable`.
  @discardableResult
  func close() throws(NNXError) -> String {
    try writer.close()
    return digest.finish()
  }
}
