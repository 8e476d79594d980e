import Glibc

/// A file mapped read-only into memory. The mapping ends with the value.
///
/// The size is fixed when the file is opened. Files that nnx maps are immutable and replaced only by
/// rename; a file that was truncated behind our back is found out by `checkUnchanged()`.
@safe package final class MappedFile: @unchecked Sendable {
  package let path: String
  /// Bytes.
  package let count: Int
  private let base: UnsafeRawPointer?
  private let descriptor: Int32

  /// Maps the file at `path`.
  ///
  /// - Throws: `file-not-found`, `unreadable`.
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
    let size = Int(status.st_size)
    var base: UnsafeRawPointer?
    if size > 0 {
      let address = unsafe mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0)
      guard let address = unsafe address, unsafe address != MAP_FAILED else {
        let error = NNXError.system("cannot map", path)
        close(descriptor)
        throw error
      }
      unsafe base = UnsafeRawPointer(address)
    }
    self.path = path
    self.count = size
    unsafe self.base = base
    self.descriptor = descriptor
  }

  deinit {
    if let base = unsafe base {
      unsafe munmap(UnsafeMutableRawPointer(mutating: base), count)
    }
    close(descriptor)
  }

  /// Calls `body` with all bytes of the file.
  package func withBytes<Result, Failure: Error>(
    _ body: (RawSpan) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let buffer = unsafe UnsafeRawBufferPointer(start: base, count: count)
    let span = unsafe buffer.bytes
    return try body(span)
  }

  /// Where the bytes lie, for rooms that hand them to C. Valid while this object lives.
  package var bytes: UnsafeRawBufferPointer {
    unsafe UnsafeRawBufferPointer(start: base, count: count)
  }

  /// Gives the memory of a part back that is not needed soon; touching it again reads the file again.
  package func release(_ part: Range<Int>) {
    let page = sysconf(Int32(_SC_PAGESIZE))
    let first = part.lowerBound / page * page
    guard let base = unsafe base, part.upperBound > first, part.upperBound <= count else { return }
    unsafe madvise(
      UnsafeMutableRawPointer(mutating: base + first), part.upperBound - first, MADV_DONTNEED)
  }

  /// Tells whether the file still has the size it had when it was mapped.
  ///
  /// - Throws: `unreadable` when it shrank or grew: touching the lost pages would end the process.
  package func checkUnchanged() throws(NNXError) {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0, Int(status.st_size) == count else {
      throw NNXError(
        .unreadable, "\(path) changed while it was in use",
        fixes: ["Check the model with: nnx verify"])
    }
  }
}
