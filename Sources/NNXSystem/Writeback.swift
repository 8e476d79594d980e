import CLinux
import Glibc

/// Getting bytes of large files to the disk while the next ones are made.
package enum Writeback {
  /// Asks the system to begin writing a part of a file; does not wait, and says nothing of success:
  /// `flush` does.
  package static func begin(_ descriptor: Int32, at offset: Int, count: Int) {
    _ = sync_file_range(descriptor, offset, count, NNX_SYNC_FILE_RANGE_WRITE)
  }

  /// Waits until the bytes of a file are on the disk.
  ///
  /// - Throws: `no-space`, `unreadable` (an I/O error).
  package static func flush(_ path: String) throws(NNXError) {
    let descriptor = SystemCall.open(path, O_RDONLY | O_NOFOLLOW)
    guard descriptor >= 0 else { throw .system("cannot write", path) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw .system("cannot write", path) }
  }
}
