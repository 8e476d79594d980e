import NNXSystem

/// Where a network's weights come from: a mapped weights file, or memory.
///
/// Names and shapes are those of `Architecture.parameters`. Layers may ask for their tensors late and
/// from any thread.
package protocol WeightSource: Sendable {
  /// The shape of a tensor, slowest axis first; `nil` when there is none of that name.
  func shape(of name: String) -> [Int]?

  /// Calls `body` with the values of a tensor, float32 in C order.
  ///
  /// - Throws: when there is no such tensor, it cannot be read, or what `body` throws.
  func withTensor<Result>(
    _ name: String, _ body: (Span<Float>) throws(NNXError) -> Result
  ) throws(NNXError) -> Result
}
