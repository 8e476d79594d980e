import Glibc

/// A file mapped read-only into memory. The mapping ends with the value.
///
/// The size is fixed when the file is opened. Files that nnx maps are immutable and replaced only by
/// rename; a file that was truncated behind our back is found out by `checkUnchanged()`.
@safe package final class MappedFile: @unchecked Sendable {
  private let file: FileReader
  private let base: UnsafeRawPointer?

  package var path: String { file.path }
  /// Bytes.
  package var count: Int { file.count }

  /// Maps the file at `path`.
  ///
  /// - Throws: `file-not-found`, `cannot-write` (no permission), `unreadable`.
  package init(_ path: String) throws(NNXError) {
    let file = try FileReader(path)
    var base: UnsafeRawPointer?
    if file.count > 0 {
      let address = unsafe mmap(nil, file.count, PROT_READ, MAP_PRIVATE, file.descriptor, 0)
      guard let address = unsafe address, unsafe address != MAP_FAILED else {
        throw .system("cannot map", path)
      }
      unsafe base = UnsafeRawPointer(address)
    }
    self.file = file
    unsafe self.base = base
  }

  deinit {
    if let base = unsafe base {
      unsafe munmap(UnsafeMutableRawPointer(mutating: base), count)
    }
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

  /// Calls `body` with the numbers that a part of the file holds, as they lie in memory.
  ///
  /// - Parameter part: within the file; begins at a multiple of the size of `Value`.
  package func withValues<Value: BitwiseCopyable, Result, Failure: Error>(
    _: Value.Type, in part: Range<Int>, _ body: (Span<Value>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    // Mappings begin on a page.
    precondition(part.lowerBound % MemoryLayout<Value>.alignment == 0)
    let values = unsafe UnsafeRawBufferPointer(rebasing: bytes[part])
      .assumingMemoryBound(to: Value.self)
    let span = unsafe values.span
    return try body(span)
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
    guard let status = SystemCall.status(of: file.descriptor), Int(status.st_size) == count else {
      throw NNXError(
        .unreadable, "\(path) changed while it was in use",
        fixes: ["Check the model with: nnx verify"])
    }
  }
}
