import Glibc

/// An advisory lock on a file, held until the value is released and freed by the kernel if the
/// process dies.
///
/// On file systems without locks (some network file systems answer ENOLCK or EOPNOTSUPP, others say yes
/// and do nothing) nobody waits: whoever works under a lock gives its files names of their own and makes
/// them visible by one rename, so that the lock saves work and never guards correctness.
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
    let descriptor = SystemCall.open(path, O_RDWR | O_CREAT)
    guard descriptor >= 0 else { throw .system("cannot lock", path) }
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
        if FileLock.areMissing(errno) { break }
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
