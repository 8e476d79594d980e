import Glibc

/// An advisory lock on a file, held until the value is released and freed by the kernel if the
/// process dies.
package final class FileLock {
  private let descriptor: Int32

  /// Takes the lock, or waits for it.
  ///
  /// - Parameters:
  ///   - path: the lock file; created when missing.
  ///   - wait: whether to wait for another process; otherwise a held lock is an error.
  ///   - onWait: called once before waiting.
  /// - Throws: `locked-by` when held and not waiting; `cannot-write`.
  package init(_ path: String, wait: Bool = true, onWait: () -> Void = {}) throws(NNXError) {
    let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw .system("cannot lock", path) }
    // Some network file systems have no locks. Whatever is locked here is right without them, too, and
    // done by one process only with them.
    if flock(descriptor, LOCK_EX | LOCK_NB) != 0, !FileLock.areMissing(errno) {
      guard errno == EWOULDBLOCK else {
        let error = NNXError.system("cannot lock", path)
        close(descriptor)
        throw error
      }
      guard wait else {
        close(descriptor)
        throw NNXError(
          .lockedBy, "another nnx is working on \(path)", fixes: ["Wait for it, then try again"])
      }
      onWait()
      while flock(descriptor, LOCK_EX) != 0 {
        guard errno == EINTR else {
          let error = NNXError.system("cannot lock", path)
          close(descriptor)
          throw error
        }
      }
    }
    self.descriptor = descriptor
  }

  private static func areMissing(_ number: Int32) -> Bool {
    [ENOSYS, EOPNOTSUPP, ENOLCK].contains(number)
  }

  deinit { close(descriptor) }
}
