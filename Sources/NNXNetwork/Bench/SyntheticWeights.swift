package import NNXModel
package import NNXSystem
internal import NNXTensor

/// Random weights that keep values at their size, made before anything is timed.
package struct SyntheticWeights: WeightSource {
  private var tensors: [String: Tensor] = [:]

  package init(_ architecture: Architecture) {
    var state: UInt64 = 1
    for parameter in architecture.parameters {
      let fan = parameter.shape.dropFirst().reduce(1, *)
      let scale = Float(6 / Double(fan)).squareRoot()
      let tensor = Tensor(parameter.shape)
      tensor.withMutableSpan { values in
        for index in values.indices {
          state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
          let uniform = Float(Int32(truncatingIfNeeded: state >> 32)) / Float(1 << 31)
          values[index] = parameter.shape.count > 1 ? uniform * scale : 1 + uniform / 2
        }
      }
      tensors[parameter.name] = tensor
    }
  }

  package func shape(of name: String) -> [Int]? { tensors[name]?.shape }

  package func withTensor<Result>(
    _ name: String, _ body: (Span<Float>) throws(NNXError) -> Result
  ) throws(NNXError) -> Result {
    guard let tensor = tensors[name] else {
      throw NNXError(.bug, "no tensor '\(name)' among the synthetic weights")
    }
    return try tensor.withSpan(body)
  }
}
