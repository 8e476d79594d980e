import Glibc

/// A dense float32 array in C order, 64-byte aligned, all zeros at first.
///
/// Pages are committed when they are first touched. A class, so that buffers can be kept in arrays
/// and shared by the threads of one computation; whoever writes from several threads keeps their
/// regions apart.
@safe package final class Tensor: @unchecked Sendable {
  /// Extent of each axis, slowest first: usually `(c, z, y, x)`.
  package let shape: [Int]
  /// Number of elements.
  package let count: Int
  /// The first element. Valid while this object lives.
  package let base: UnsafeMutablePointer<Float>

  package init(_ shape: [Int]) {
    precondition(shape.allSatisfy { $0 >= 0 }, "negative extent in \(shape)")
    self.shape = shape
    count = shape.reduce(1, *)
    let size = max(count, 1) * MemoryLayout<Float>.stride
    // mmap gives zero pages on demand and page alignment; malloc'ed memory would have to be cleared.
    let address = unsafe mmap(
      nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let address = unsafe address, unsafe address != MAP_FAILED else {
      fatalError("out of memory: cannot allocate \(size) bytes")
    }
    unsafe madvise(address, size, MADV_HUGEPAGE)
    unsafe base = address.bindMemory(to: Float.self, capacity: max(count, 1))
  }

  package convenience init(_ shape: [Int], _ values: [Float]) {
    self.init(shape)
    precondition(values.count == count, "\(values.count) values for shape \(shape)")
    withMutableSpan { span in
      for index in values.indices { span[index] = values[index] }
    }
  }

  deinit {
    unsafe munmap(base, max(count, 1) * MemoryLayout<Float>.stride)
  }

  package func withSpan<Result, Failure: Error>(
    _ body: (Span<Float>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let buffer = unsafe UnsafeBufferPointer(start: base, count: count)
    let span = unsafe buffer.span
    return try body(span)
  }

  package func withMutableSpan<Result, Failure: Error>(
    _ body: (inout MutableSpan<Float>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let buffer = unsafe UnsafeMutableBufferPointer(start: base, count: count)
    var span = unsafe buffer.mutableSpan
    return try body(&span)
  }

  /// A copy of all elements, for tests and small arrays.
  package var values: [Float] { unsafe Array(UnsafeBufferPointer(start: base, count: count)) }
}
