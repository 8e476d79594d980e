package import NNXModel
package import NNXSystem
internal import NNXTensor

/// Random weights that keep values at their size, made before anything is timed.
package struct SyntheticWeights: WeightSource {
  private var tensors: [String: Tensor] = [:]

  package init(_ architecture: Architecture) {
    var noise = UniformNoise()
    for parameter in architecture.parameters {
      let fan = parameter.shape.dropFirst().reduce(1, *)
      let scale = Float(6 / Double(fan)).squareRoot()
      let tensor = Tensor(parameter.shape)
      tensor.withMutableSpan { values in
        for index in values.indices {
          let uniform = noise.next()
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
