internal import NNXModel
internal import NNXSystem
internal import NNXTensor

/// The plain engine: each step as its definition says, on tensors `(c, z, y, x)`, convolutions as
/// im2col and a matrix product. Slow, and the second opinion on the blocked kernels (`NNX_KERNELS=plain`).
final class ReferenceEngine: Engine {
  private let graph: NetworkGraph
  private let threads: Threads
  private let product: MatrixProduct
  private let weights: [String: Tensor]
  /// For each value, the last step that reads it.
  private let lastUse: [Int]

  /// - Throws: `missing-library`; as the source of the weights.
  init(
    _ graph: NetworkGraph, weights source: any WeightSource, threads: Threads,
    product: MatrixProduct = .own
  ) throws(NNXError) {
    try product.prepare()
    self.graph = graph
    self.threads = threads
    self.product = product
    var weights: [String: Tensor] = [:]
    for parameter in graph.architecture.parameters {
      weights[parameter.name] = try source.withTensor(parameter.name) { values in
        let tensor = Tensor(parameter.shape)
        tensor.withMutableSpan { for index in values.indices { $0[index] = values[index] } }
        return tensor
      }
    }
    self.weights = weights
    var lastUse = [Int](repeating: 0, count: graph.shapes.count)
    for (index, step) in graph.steps.enumerated() {
      for input in step.inputs { lastUse[input] = index }
    }
    self.lastUse = lastUse
  }

  func forward(_ input: Tensor, mirror: [Bool], to target: LogitTarget) {
    switch target {
    case .patch(let output, let accumulates):
      forward(input, mirror: mirror, into: output, accumulate: accumulates)
    case .sum(let place):
      let logits = Tensor([place.sum.shape[0]] + place.weights.shape)
      forward(input, mirror: mirror, into: logits, accumulate: false)
      place.add(logits, threads: threads)
    }
  }

  private func forward(_ input: Tensor, mirror: [Bool], into output: Tensor, accumulate: Bool) {
    var values = [Tensor?](repeating: nil, count: graph.shapes.count)
    let start = Tensor(input.shape)
    addFlipped(input, mirror, to: start)
    values[0] = start
    if !accumulate { output.withMutableSpan { for i in $0.indices { $0[i] = 0 } } }
    for (index, step) in graph.steps.enumerated() {
      let inputs = step.inputs.compactMap { values[$0] }
      switch step {
      case .convolution(let layer):
        values[layer.output] = convolve(inputs, layer)
      case .upsampling(let layer):
        values[layer.output] = upsample(inputs[0], layer)
      case .pooling(_, let result, let window):
        values[result] = average(inputs[0], window)
      case .addition(_, _, let result):
        values[result] = add(inputs[0], inputs[1])
      case .head(let layer):
        let logits = PlainConvolution(
          kernel: [1, 1, 1], stride: [1, 1, 1], weights: parameter("head.weight"),
          bias: layer.hasBias ? parameter("head.bias") : nil
        ).apply(inputs, product, threads)
        addFlipped(logits, mirror, to: output)
      }
      for input in step.inputs where lastUse[input] == index { values[input] = nil }
    }
  }

  func profile(_ input: Tensor, into output: Tensor) -> [LayerProfile] { [] }

  private func parameter(_ name: String) -> Tensor {
    guard let tensor = weights[name] else { preconditionFailure("no tensor \(name)") }
    return tensor
  }

  private func convolve(_ inputs: [Tensor], _ layer: NetworkGraph.Convolution) -> Tensor {
    let architecture = graph.architecture
    let result = PlainConvolution(
      kernel: layer.kernel, stride: layer.stride, weights: parameter("\(layer.name).weight"),
      bias: layer.hasBias ? parameter("\(layer.name).bias") : nil
    ).apply(inputs, product, threads)
    let activation = PlainActivation(architecture)
    if layer.activates, architecture.activationFirst { activation.apply(to: result, threads) }
    let vectors = ["weight", "bias", "running_mean", "running_var", "tau"].map {
      weights["\(layer.norm).\($0)"]?.values ?? []
    }
    PlainNorm(
      norm: architecture.norm, weight: vectors[0], bias: vectors[1], means: vectors[2],
      variances: vectors[3], thresholds: vectors[4]
    ).apply(to: result, threads)
    if layer.activates, !architecture.activationFirst { activation.apply(to: result, threads) }
    return result
  }

  private func add(_ main: Tensor, _ skip: Tensor) -> Tensor {
    let result = Tensor(main.shape)
    for index in 0..<result.count {
      unsafe result.base[index] = unsafe main.base[index] + skip.base[index]
    }
    PlainActivation(graph.architecture).apply(to: result, threads)
    return result
  }

  private func upsample(_ input: Tensor, _ layer: NetworkGraph.Upsampling) -> Tensor {
    let weight = parameter("\(layer.name).weight")
    let bias = layer.hasBias ? parameter("\(layer.name).bias").values : nil
    let (ins, outs) = (weight.shape[0], weight.shape[1])
    let factor = layer.factor
    let taps = factor.reduce(1, *)
    let size = Array(input.shape[1...])
    let large = zip(size, factor).map { $0 * $1 }
    let result = Tensor([outs] + large)
    threads.forEach(outs) { out, _ in
      for z in 0..<large[0] {
        for y in 0..<large[1] {
          for x in 0..<large[2] {
            let from = ((z / factor[0]) * size[1] + y / factor[1]) * size[2] + x / factor[2]
            let tap =
              ((z % factor[0]) * factor[1] + y % factor[1]) * factor[2] + x % factor[2]
            var sum: Float = 0
            for channel in 0..<ins {
              unsafe sum +=
                input.base[channel * size.reduce(1, *) + from]
                * weight.base[(channel * outs + out) * taps + tap]
            }
            let to = ((out * large[0] + z) * large[1] + y) * large[2] + x
            unsafe result.base[to] = sum + (bias?[out] ?? 0)
          }
        }
      }
    }
    return result
  }

  private func average(_ input: Tensor, _ window: [Int]) -> Tensor {
    let size = Array(input.shape[1...])
    let small = zip(size, window).map { $0 / $1 }
    let result = Tensor([input.shape[0]] + small)
    let count = Float(window.reduce(1, *))
    for c in 0..<input.shape[0] {
      for z in 0..<small[0] * window[0] {
        for y in 0..<small[1] * window[1] {
          for x in 0..<small[2] * window[2] {
            let from = ((c * size[0] + z) * size[1] + y) * size[2] + x
            let to =
              ((c * small[0] + z / window[0]) * small[1] + y / window[1]) * small[2]
              + x / window[2]
            unsafe result.base[to] += unsafe input.base[from] / count
          }
        }
      }
    }
    return result
  }

  /// `output += flipped(input)`, both `(c, z, y, x)`.
  private func addFlipped(_ input: Tensor, _ mirror: [Bool], to output: Tensor) {
    let shape = input.shape
    for c in 0..<shape[0] {
      for z in 0..<shape[1] {
        for y in 0..<shape[2] {
          for x in 0..<shape[3] {
            let from = ((c * shape[1] + z) * shape[2] + y) * shape[3] + x
            let (tz, ty) = (mirror[0] ? shape[1] - 1 - z : z, mirror[1] ? shape[2] - 1 - y : y)
            let tx = mirror[2] ? shape[3] - 1 - x : x
            let to = ((c * shape[1] + tz) * shape[2] + ty) * shape[3] + tx
            unsafe output.base[to] += unsafe input.base[from]
          }
        }
      }
    }
  }
}
