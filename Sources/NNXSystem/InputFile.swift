import Glibc

/// A file read from front to back.
///
/// For files of the user, which may lie on a network drive and be cut short while nnx reads: unlike
/// a mapping, a read then gives an error and not a signal.
package final class InputFile {
  package let path: String
  /// Bytes in the file when it was opened.
  package let count: Int
  private let descriptor: Int32

  /// - Throws: `file-not-found`, `unreadable` (no permission, no regular file).
  package init(_ path: String) throws(NNXError) {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system("cannot open", path) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else {
      let error = NNXError.system("cannot read", path)
      close(descriptor)
      throw error
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw NNXError(.unreadable, "\(path) is not a regular file")
    }
    self.path = path
    count = Int(status.st_size)
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// Reads the next bytes of the file.
  ///
  /// - Returns: how many bytes were read; fewer than asked for only at the end of the file.
  /// - Throws: `unreadable` (an I/O error).
  package func read(into buffer: UnsafeMutableRawBufferPointer) throws(NNXError) -> Int {
    var filled = 0
    while filled < buffer.count {
      let count = unsafe Glibc.read(descriptor, buffer.baseAddress! + filled, buffer.count - filled)
      if count < 0 {
        if errno == EINTR { continue }
        throw .system("cannot read", path)
      }
      if count == 0 { break }
      filled += count
    }
    return filled
  }
}
