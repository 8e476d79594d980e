internal import NNXModel
internal import NNXSystem
internal import NNXTensor

/// The fast engine: channel-blocked feature maps in one arena, every step by SIMD kernels.
///
/// Replicas are engines with feature maps and threads of their own that share their weights.
final class BlockedEngine: Engine {
  let layers: [any Layer]
  /// Of each value of the graph; the input has none.
  let maps: [FeatureMap?]
  private let arena: Buffer<Float>
  private let scratch: Scratch
  private let threads: Threads
  private let kernels: Kernels

  /// Plans all memory; only vectors are read. `load` of one of the replicas reads the rest.
  ///
  /// - Parameter memory: the same for all replicas.
  init(
    _ graph: NetworkGraph, weights: any WeightSource, memory: WeightMemory, threads: Threads,
    kernels: Kernels
  ) throws(NNXError) {
    self.threads = threads
    self.kernels = kernels
    let plan = MemoryPlan(graph, kernels: kernels, threads: threads)
    let arena = Buffer<Float>(plan.size, staysInMemory: true)
    self.arena = arena
    let slopes = Self.slopes(graph)
    let maps = graph.shapes.indices.map { value -> FeatureMap? in
      guard let frame = plan.heldFrames[value] ?? plan.frames[value],
        let place = plan.places[value]
      else { return nil }
      return FeatureMap(
        channels: graph.shapes[value].channels, lanes: kernels.lanes, frame: frame, in: arena,
        at: place.offset, blockStride: place.blockStride, slope: slopes[value])
    }
    let factory = LayerFactory(
      graph: graph, plan: plan, maps: maps, weights: weights, memory: memory, threads: threads,
      kernels: kernels)
    var layers: [any Layer] = []
    for (step, work) in zip(graph.steps, plan.work) {
      if let layer = try factory.layer(step, WorkMemory(arena, work)) { layers.append(layer) }
    }
    self.layers = layers
    self.maps = maps
    scratch = Scratch(
      layers.reduce(Scratch.Needs()) { $0.union($1.needs) }, workers: threads.count)
  }

  /// Engines that share the weights in `memory` and divide the threads among them; the first is to `load`.
  static func replicas(
    _ count: Int, _ graph: NetworkGraph, weights: any WeightSource, memory: WeightMemory,
    threads: Threads, kernels: Kernels
  ) throws(NNXError) -> [BlockedEngine] {
    try threads.shares(count).map { (share) throws(NNXError) in
      try BlockedEngine(graph, weights: weights, memory: memory, threads: share, kernels: kernels)
    }
  }

  /// Packs the weights of all layers, for all replicas.
  ///
  /// - Throws: what `weights` throws.
  func load(_ weights: any WeightSource, _ threads: Threads) throws(NNXError) {
    for layer in layers { try layer.load(weights, threads, kernels) }
  }

  /// Bytes of feature maps and scratch memory, without the weights.
  var ownBytes: Int { arena.bytes + scratch.bytes + layers.reduce(0) { $0 + $1.ownBytes } }

  func forward(_ input: Tensor, mirror: [Bool], to target: LogitTarget) {
    let pass = pass(input, mirror, to: target)
    for layer in layers { layer.run(pass) }
  }

  func profile(_ input: Tensor, into output: Tensor) -> [LayerProfile] {
    var pass = pass(input, to: .patch(output, accumulates: false))
    let meter = PartMeter(workers: threads.count)
    pass.meter = meter
    return layers.map { layer in
      let cost = Cost.of { layer.run(pass) }
      return LayerProfile(name: layer.name, facts: layer.facts, cost: cost, parts: meter.take())
    }
  }

  func pass(
    _ input: Tensor, _ mirror: [Bool] = [false, false, false], to target: LogitTarget
  ) -> Pass {
    Pass(
      threads: threads, kernels: kernels, scratch: scratch, input: input, target: target,
      mirror: mirror)
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
}
