import NNXModel
import NNXNetwork
import NNXTensor
import TestSupport
import Testing

/// The naive network's logits for the input of a seed.
func naiveLogits(_ network: NaiveNetwork, patch: [Int], seed: Int) -> NaiveMap {
  var input = NaiveMap(network.architecture.inputChannels, patch)
  input.values = randomValues(input.values.count, seed: seed).map(Double.init)
  return network.forward(input)
}

/// A network's logits for the input of a seed.
func logits(_ network: Network, seed: Int, mirror: [Int] = []) -> [Float] {
  let input = Tensor(network.inputShape, randomValues(network.inputShape.reduce(1, *), seed: seed))
  let output = Tensor(network.outputShape)
  network.forward(input, mirror: mirror, into: output)
  return output.values
}

/// The largest difference relative to the root mean square of the reference.
func error(_ values: [Float], _ reference: [Double]) -> Double {
  var power = 0.0
  var largest = 0.0
  for (value, expected) in zip(values, reference) {
    power += expected * expected
    let difference = abs(Double(value) - expected)
    largest = difference.isNaN ? .infinity : max(largest, difference)
  }
  return largest / max((power / Double(reference.count)).squareRoot(), 1e-3)
}

/// Every kernel set of this machine, the plain engine, and OpenBLAS.
let allKernels: [Kernels] =
  Kernels.available + ["plain", "openblas"].map { try! Kernels.named($0) }
