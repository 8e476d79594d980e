import Glibc

extension AtomicFile {
  /// Has another program's code write a file, which appears under its name only when it is complete and on
  /// the disk.
  ///
  /// - Parameter body: given the name to write to: that of an empty file beside `path`.
  /// - Throws: as `init(_:permissions:)` and `commit()`; what `body` throws.
  package static func write(
    to path: String, by body: (String) throws(NNXError) -> Void
  ) throws(NNXError) {
    let file = try AtomicFile(path)
    try body(file.temporaryPath)
    // Another file has the name now, or the same one other bytes.
    let descriptor = SystemCall.open(file.temporaryPath, O_RDONLY)
    guard descriptor >= 0 else { throw .system("cannot write", path) }
    let isSafe = fsync(descriptor) == 0
    close(descriptor)
    guard isSafe else { throw .system("cannot write", path) }
    try file.commit()
  }
}
