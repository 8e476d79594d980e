/// A dense float32 array in C order, page-aligned, all zeros at first.
///
/// Pages are committed when they are first touched. A class, so that buffers can be kept in arrays
/// and shared by the threads of one computation; whoever writes from several threads keeps their
/// regions apart.
@safe package final class Tensor: @unchecked Sendable {
  /// Extent of each axis, slowest first: usually `(c, z, y, x)`.
  package let shape: [Int]
  private let buffer: Buffer<Float>

  /// Number of elements.
  package var count: Int { buffer.count }
  /// The first element. Valid while this object lives.
  package var base: UnsafeMutablePointer<Float> { unsafe buffer.base }

  package init(_ shape: [Int]) {
    precondition(shape.allSatisfy { $0 >= 0 }, "negative extent in \(shape)")
    self.shape = shape
    buffer = Buffer(grid: shape)
  }

  package convenience init(_ shape: [Int], _ values: [Float]) {
    self.init(shape)
    precondition(values.count == count, "\(values.count) values for shape \(shape)")
    withMutableSpan { span in
      for index in values.indices { span[index] = values[index] }
    }
  }

  package func withSpan<Result, Failure: Error>(
    _ body: (Span<Float>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let elements = unsafe UnsafeBufferPointer(start: base, count: count)
    let span = unsafe elements.span
    return try body(span)
  }

  package func withMutableSpan<Result, Failure: Error>(
    _ body: (inout MutableSpan<Float>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let elements = unsafe UnsafeMutableBufferPointer(start: base, count: count)
    var span = unsafe elements.mutableSpan
    return try body(&span)
  }

  /// Copies a run of another tensor's elements.
  package func copy(_ run: Range<Int>, of source: Tensor, to start: Int) {
    precondition(run.lowerBound >= 0 && run.upperBound <= source.count)
    precondition(start >= 0 && start + run.count <= count)
    unsafe (base + start).update(from: source.base + run.lowerBound, count: run.count)
  }

  /// Whether all elements are numbers.
  package var isFinite: Bool {
    withSpan { span in
      for index in span.indices where !span[index].isFinite { return false }
      return true
    }
  }

  /// A copy of all elements, for tests and small arrays.
  package var values: [Float] { unsafe Array(UnsafeBufferPointer(start: base, count: count)) }
}
