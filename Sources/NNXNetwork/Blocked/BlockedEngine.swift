internal import NNXModel
internal import NNXSystem
internal import NNXTensor

/// The fast engine: channel-blocked feature maps in one arena, every step by SIMD kernels.
final class BlockedEngine: Engine {
  private let layers: [any Layer]
  private let arena: Buffer<Float>
  private let scratch: Scratch
  private let threads: Threads
  private let kernels: Kernels

  /// Plans all memory; only the norms' vectors are read. `load` reads the rest.
  init(
    _ graph: NetworkGraph, weights: any WeightSource, threads: Threads, kernels: Kernels
  ) throws(NNXError) {
    self.threads = threads
    self.kernels = kernels
    let plan = MemoryPlan(graph, lanes: kernels.lanes)
    let arena = Buffer<Float>(plan.size, staysInMemory: true)
    self.arena = arena
    let slopes = Self.slopes(graph)
    let maps = graph.shapes.indices.map { value -> FeatureMap? in
      guard let frame = plan.frames[value] else { return nil }
      return unsafe FeatureMap(
        channels: graph.shapes[value].channels, lanes: kernels.lanes, frame: frame,
        data: arena.base + plan.offsets[value], slope: slopes[value])
    }
    var layers: [any Layer] = []
    for step in graph.steps {
      layers.append(try Self.layer(step, graph, maps, weights, kernels))
    }
    self.layers = layers
    scratch = Scratch(
      layers.reduce(Scratch.Needs()) { $0.union($1.needs) }, workers: threads.count)
  }

  /// Packs the weights of all layers.
  ///
  /// - Throws: what `weights` throws.
  func load(_ weights: any WeightSource) throws(NNXError) {
    for layer in layers { try layer.load(weights, threads, kernels) }
  }

  /// Bytes of weights, feature maps and scratch memory.
  var bytes: Int {
    arena.bytes + scratch.bytes + layers.reduce(0) { $0 + $1.weightBytes }
  }

  func forward(_ input: Tensor, mirror: [Bool], into output: Tensor, accumulate: Bool) {
    let pass = Pass(
      threads: threads, kernels: kernels, scratch: scratch, input: input, output: output,
      mirror: mirror, accumulate: accumulate)
    for layer in layers { layer.run(pass) }
  }

  func profile(_ input: Tensor, into output: Tensor) -> [(name: String, cost: Cost)] {
    let pass = Pass(
      threads: threads, kernels: kernels, scratch: scratch, input: input, output: output,
      mirror: [false, false, false], accumulate: false)
    return layers.map { layer in (layer.name, Cost.of { layer.run(pass) }) }
  }

  /// The slope of each value's pending activation.
  private static func slopes(_ graph: NetworkGraph) -> [Float] {
    var slopes = [Float](repeating: 1, count: graph.shapes.count)
    for case .convolution(let layer) in graph.steps
    where layer.activates && !graph.architecture.activationFirst {
      slopes[layer.output] = Float(graph.architecture.slope)
    }
    return slopes
  }

  private static func layer(
    _ step: NetworkGraph.Step, _ graph: NetworkGraph, _ maps: [FeatureMap?],
    _ weights: any WeightSource, _ kernels: Kernels
  ) throws(NNXError) -> any Layer {
    func map(_ value: NetworkGraph.Value) -> FeatureMap {
      guard let map = maps[value] else { preconditionFailure("the input is no feature map") }
      return map
    }
    switch step {
    case .convolution(let layer):
      let normalization = try Normalization(
        layer, graph.architecture, weights: weights, output: map(layer.output))
      if layer.inputs == [0] {
        return FirstConvolution(
          layer, normalization, shape: graph.shapes[0], output: map(layer.output),
          kernels: kernels)
      }
      if let variant = graph.winograd(layer) {
        return WinogradConvolution(
          layer, normalization, variant: variant, inputs: layer.inputs.map(map),
          output: map(layer.output), kernels: kernels)
      }
      return DirectConvolution(
        layer, normalization, inputs: layer.inputs.map(map), output: map(layer.output),
        kernels: kernels)
    case .upsampling(let layer):
      return try TransposedConvolution(
        layer, input: map(layer.input), output: map(layer.output), weights: weights,
        kernels: kernels)
    case .pooling(let input, let output, let window):
      return Pooling(input: map(input), output: map(output), window: window)
    case .addition(let main, let skip, let output):
      return Addition(
        main: map(main), skip: map(skip), output: map(output),
        slope: Float(graph.architecture.slope))
    case .head(let layer):
      return try Head(
        layer, channels: graph.architecture.outputChannels, input: map(layer.input),
        weights: weights, kernels: kernels)
    }
  }
}
