import CLinux
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

  /// - Throws: `file-not-found`, `cannot-write` (no permission), `unreadable`.
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
    self.count = Int(status.st_size)
    self.descriptor = descriptor
  }

  /// A file that lies in memory alone and goes with this object.
  ///
  /// - Parameter path: what to call it in errors.
  /// - Throws: `unreadable` when the system gives no memory for it.
  package init(inMemory path: String, _ content: UnsafeRawBufferPointer) throws(NNXError) {
    let descriptor = unsafe memfd_create(path, UInt32(NNX_MFD_CLOEXEC))
    guard descriptor >= 0 else { throw .system("cannot make in memory", path) }
    var written = 0
    while written < content.count {
      let rest = unsafe UnsafeRawBufferPointer(rebasing: content[written...])
      let count = unsafe write(descriptor, rest.baseAddress, rest.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        let error = NNXError.system("cannot make in memory", path)
        close(descriptor)
        throw error
      }
      written += count
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
    var piece = [UInt8](repeating: 0, count: pieceSize)
    var offset = start
    while true {
      let got = try unsafe piece.withUnsafeMutableBufferPointer { (buffer) throws(NNXError) in
        try unsafe read(at: offset, into: UnsafeMutableRawBufferPointer(buffer))
      }
      guard got > 0 else { return }
      try unsafe body(piece.span.bytes.extracting(0..<got))
      offset += got
    }
  }
}
