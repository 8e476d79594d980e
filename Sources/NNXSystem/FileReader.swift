import Glibc

/// A regular file that is read piece by piece at any offset, without mapping it.
///
/// For files that may be larger than memory, or that somebody else may cut short meanwhile: a short
/// file is an error here, never a signal.
package final class FileReader: RandomAccess, @unchecked Sendable {
  package let path: String
  /// Bytes, when the file was opened.
  package let count: Int
  /// For C libraries that read files by descriptor. Valid while this object lives.
  package let descriptor: Int32

  /// - Throws: `file-not-found`, `cannot-read` (no permission), `unreadable`.
  package init(_ path: String) throws(NNXError) {
    // Nobody may ever write into a pipe: opening it does not wait, and it is refused below.
    let descriptor = SystemCall.open(path, O_RDONLY | O_NONBLOCK)
    guard descriptor >= 0 else { throw .system("cannot open", path) }
    guard let status = SystemCall.status(of: descriptor) else {
      let error = NNXError.system("cannot read", path)
      close(descriptor)
      throw error
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw NNXError(.unreadable, "\(path) is not a regular file")
    }
    self.path = path
    self.count = Int(status.st_size)
    self.descriptor = descriptor
  }

  /// A file that lies in memory alone and goes with this object.
  ///
  /// - Parameter path: what to call it in errors.
  /// - Throws: `unreadable` when the system gives no memory for it.
  package init(inMemory path: String, _ content: UnsafeRawBufferPointer) throws(NNXError) {
    let descriptor = SystemCall.openMemory(path)
    guard descriptor >= 0 else { throw .system("cannot make in memory", path) }
    guard SystemCall.write(descriptor, unsafe content.bytes) else {
      let error = NNXError.system("cannot make in memory", path)
      close(descriptor)
      throw error
    }
    self.path = path
    self.count = content.count
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// Reads up to `buffer.count` bytes from `offset`; fewer only at the end of the file.
  ///
  /// - Throws: `unreadable`.
  package func read(
    at offset: Int, into buffer: UnsafeMutableRawBufferPointer
  ) throws(NNXError) -> Int {
    var filled = 0
    while filled < buffer.count {
      let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
      let got = unsafe pread(descriptor, rest.baseAddress, rest.count, offset + filled)
      if got < 0 {
        if errno == EINTR { continue }
        throw .system("cannot read", path)
      }
      if got == 0 { break }
      filled += got
    }
    return filled
  }

  /// Calls `body` with the whole file, piece after piece, in order.
  ///
  /// - Parameter pieceSize: bytes a piece.
  /// - Throws: `unreadable`, and what `body` throws.
  package func forEachPiece(
    pieceSize: Int = 1 << 20, from start: Int = 0, _ body: (RawSpan) throws(NNXError) -> Void
  ) throws(NNXError) {
    // To the end, wherever it is by then; of a small file in one piece that need not be large.
    _ = try forEachPiece(
      of: start..<Int.max, pieceSize: min(pieceSize, max(count - start, 0) + 1), body)
  }
}
