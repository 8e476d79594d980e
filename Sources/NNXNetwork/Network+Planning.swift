package import NNXModel
package import NNXSystem
package import NNXTensor

extension Network {
  /// Bytes that a network takes while it runs, with all its replicas: packed weights, feature maps and
  /// scratch memory.
  ///
  /// Planned exactly as for running, but nothing is read or touched, so it costs no memory itself.
  ///
  /// - Parameters: as for `replicas`.
  /// - Throws: `unsupported-network`, `usage`.
  package static func bytes(
    _ architecture: Architecture, patch: [Int], threads: Threads, replicas: Int = 1,
    kernels: Kernels? = nil, limits: WorkLimits = WorkLimits()
  ) throws(NNXError) -> Int {
    var graph = try NetworkGraph(architecture, patch: patch)
    graph.limits = limits
    var chosen = kernels
    if chosen == nil { chosen = try Kernels.chosen() }
    guard let chosen, !chosen.runsPlain, architecture.unblockedLayer == nil else {
      return graph.referenceBytes
    }
    let memory = WeightMemory()
    let engines = try BlockedEngine.replicas(
      replicas, graph, weights: PlannedWeights(architecture), memory: memory, threads: threads,
      kernels: chosen)
    return memory.bytes + engines.reduce(0) { $0 + $1.ownBytes }
  }
}

extension Network {
  /// Seconds that one patch is expected to take, from the cost of its steps and a short measurement of
  /// this machine (`KernelPeak`).
  ///
  /// The factor is what networks of nnU-Net's default plans take beyond their multiplications, as
  /// `nnx bench` shows; expect it to be right within a third.
  ///
  /// - Throws: `unsupported-network`, `usage`.
  package static func secondsPerPatch(
    _ architecture: Architecture, patch: [Int], threads: Threads
  ) throws(NNXError) -> Double {
    let graph = try NetworkGraph(architecture, patch: patch)
    let kernels = try Kernels.chosen()
    let peak = KernelPeak.measure(kernels, threads: threads, seconds: 0.03)
    return 1.3 * 2 * graph.cost(lanes: kernels.lanes) / peak
  }
}

extension NetworkGraph {
  /// What the plain engine holds at most: weights, two maps and the matrix of the largest convolution.
  fileprivate var referenceBytes: Int {
    let weights = architecture.parameters.reduce(0) { $0 + $1.shape.reduce(1, *) }
    let maps = shapes.map { $0.channels * $0.extents.reduce(1, *) }
    return 4 * (weights + 4 * (maps.max() ?? 0))
  }
}

/// Vectors of zeros instead of weights, for planning.
private struct PlannedWeights: WeightSource {
  private let shapes: [String: [Int]]

  init(_ architecture: Architecture) {
    shapes = Dictionary(
      architecture.parameters.map { ($0.name, $0.shape) }, uniquingKeysWith: { first, _ in first })
  }

  func shape(of name: String) -> [Int]? { shapes[name] }

  func withTensor<Result>(
    _ name: String, _ body: (Span<Float>) throws(NNXError) -> Result
  ) throws(NNXError) -> Result {
    guard let shape = shapes[name], shape.count == 1 else {
      throw NNXError(.bug, "'\(name)' was read while planning")
    }
    return try Tensor(shape).withSpan(body)
  }
}
