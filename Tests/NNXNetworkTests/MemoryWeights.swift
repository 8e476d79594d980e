import NNXModel
import NNXSystem
import TestSupport

/// Weights in memory.
struct MemoryWeights: WeightSource {
  struct Values {
    var shape: [Int]
    var values: [Float]
  }

  var tensors: [String: Values] = [:]

  func shape(of name: String) -> [Int]? { tensors[name]?.shape }

  func withTensor<Result>(
    _ name: String, _ body: (Span<Float>) throws(NNXError) -> Result
  ) throws(NNXError) -> Result {
    guard let tensor = tensors[name] else { throw NNXError(.bug, "no tensor \(name)") }
    return try body(tensor.values.span)
  }

  /// Random weights such that values keep their size from layer to layer.
  init(_ architecture: Architecture, seed: Int) {
    for (index, parameter) in architecture.parameters.enumerated() {
      let count = parameter.shape.reduce(1, *)
      var values = randomValues(count, seed: seed &* 1000 &+ index)
      if parameter.shape.count > 1 {
        let fan = Float(parameter.shape[1...].reduce(1, *))
        let scale = (6 / fan).squareRoot()
        for i in values.indices { values[i] *= scale }
      } else if parameter.name.hasSuffix("norm.weight") || parameter.name.contains(".running_var")
        || parameter.name.contains("norm1.weight") || parameter.name.contains("norm2.weight")
      {
        for i in values.indices { values[i] = 1 + values[i] / 2 }
      }
      tensors[parameter.name] = Values(shape: parameter.shape, values: values)
    }
  }
}
