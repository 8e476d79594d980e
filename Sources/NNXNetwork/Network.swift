package import NNXModel
package import NNXSystem
package import NNXTensor

/// A trained network for one patch size: maps a patch to its logits.
///
/// Everything is planned when it is made; `forward` allocates nothing. One call of `forward` at a
/// time; it uses all its threads, and gives the same bytes whatever their number.
package final class Network {
  private let engine: any Engine
  /// `(c, z, y, x)` of the input.
  package let inputShape: [Int]
  /// `(classes, z, y, x)` of the logits.
  package let outputShape: [Int]

  /// - Parameters:
  ///   - weights: a tensor for each of `architecture.parameters`.
  ///   - patch: extents `(z, y, x)`; z is 1 for 2-D networks.
  ///   - kernels: `nil`: the best of this processor, or what `NNX_KERNELS` names.
  ///   - choice: what of them may be used.
  ///   - limits: how the work is cut.
  /// - Throws: `unsupportedNetwork`, `missingWeights`, what `weights` throws, and `usage` for an
  ///   unknown `NNX_KERNELS`.
  package convenience init(
    _ architecture: Architecture, weights: any WeightSource, patch: [Int], threads: Threads,
    kernels: Kernels? = nil, choice: KernelChoice = .fast,
    limits: WorkLimits = WorkLimits()
  ) throws(NNXError) {
    let engines = try Self.engines(
      1, architecture, weights: weights, patch: patch, threads: threads, kernels: kernels,
      choice: choice, limits: limits)
    self.init(engines[0], architecture, patch: patch)
  }

  /// Networks that share their weights and divide the threads among them, so that each can run a patch at
  /// the same time as the others.
  ///
  /// All give the same bytes. The plain engine has no replicas: one network is made, with all threads.
  ///
  /// - Parameter count: how many; at least 1.
  /// - Throws: as `init`.
  package static func replicas(
    _ count: Int, _ architecture: Architecture, weights: any WeightSource, patch: [Int],
    threads: Threads, choice: KernelChoice = .fast
  ) throws(NNXError) -> [Network] {
    try engines(
      count, architecture, weights: weights, patch: patch, threads: threads, kernels: nil,
      choice: choice, limits: WorkLimits()
    ).map { Network($0, architecture, patch: patch) }
  }

  private init(_ engine: any Engine, _ architecture: Architecture, patch: [Int]) {
    self.engine = engine
    inputShape = [architecture.inputChannels] + patch
    outputShape = [architecture.outputChannels] + patch
  }

  private static func engines(
    _ count: Int, _ architecture: Architecture, weights: any WeightSource, patch: [Int],
    threads: Threads, kernels: Kernels?, choice: KernelChoice, limits: WorkLimits
  ) throws(NNXError) -> [any Engine] {
    try check(weights, architecture)
    var graph = try NetworkGraph(architecture, patch: patch)
    graph.usesWinograd = choice == .fast
    graph.limits = limits
    var chosen = kernels
    if chosen == nil { chosen = try Kernels.chosen() }
    guard let chosen, !chosen.runsPlain, architecture.unblockedLayer == nil, choice != .plain
    else {
      let product = chosen?.plain ?? .own
      return [
        try ReferenceEngine(graph, weights: weights, threads: threads, product: product)
      ]
    }
    let engines = try BlockedEngine.replicas(
      count, graph, weights: weights, memory: WeightMemory(), threads: threads, kernels: chosen)
    try engines[0].load(weights, threads)
    return engines
  }

  /// Writes the logits of one patch, or adds them to what `output` holds.
  ///
  /// - Parameters:
  ///   - input: of `inputShape`.
  ///   - mirror: spatial axes (0 is z) that are flipped before and flipped back after.
  ///   - output: of `outputShape`.
  ///   - accumulate: adds to `output` instead of replacing it.
  package func forward(
    _ input: Tensor, mirror: [Int], into output: Tensor, accumulate: Bool = false
  ) {
    precondition(input.shape == inputShape, "input \(input.shape) instead of \(inputShape)")
    precondition(output.shape == outputShape, "output \(output.shape) instead of \(outputShape)")
    let mirror = (0..<3).map { mirror.contains($0) }
    engine.forward(input, mirror: mirror, to: .patch(output, accumulates: accumulate))
  }

  /// Adds the logits of one patch, times the weights of its voxels, to the volume that it lies in: the same bytes as
  /// `forward` and `PatchSum.add`, without memory for the patch's logits, and without those outside of the volume.
  ///
  /// - Parameter input: of `inputShape`.
  package func forward(_ input: Tensor, addingTo place: PatchSum) {
    precondition(input.shape == inputShape, "input \(input.shape) instead of \(inputShape)")
    precondition([place.sum.shape[0]] + place.weights.shape == outputShape, "a place for others")
    engine.forward(input, mirror: [false, false, false], to: .sum(place))
  }

  /// What each layer costs on one patch; empty for the plain engine.
  func profile(_ input: Tensor, into output: Tensor) -> [LayerProfile] {
    engine.profile(input, into: output)
  }

  private static func check(
    _ weights: any WeightSource, _ architecture: Architecture
  ) throws(NNXError) {
    for parameter in architecture.parameters {
      let shape = weights.shape(of: parameter.name)
      guard shape != parameter.shape else { continue }
      throw NNXError(
        .missingWeights,
        shape == nil
          ? "the weights have no tensor '\(parameter.name)'"
          : "tensor '\(parameter.name)' of the weights has the wrong shape",
        details: ["expected: \(parameter.shape)", "found: \(shape.map { "\($0)" } ?? "nothing")"])
    }
  }
}

extension NNXError.Code {
  /// The weights are not those of the architecture.
  static let missingWeights = NNXError.Code("missing-weights", .data)
}

/// What runs a network.
protocol Engine {
  /// - Parameters:
  ///   - mirror: for each spatial axis, whether it is flipped.
  ///   - target: where the logits go.
  func forward(_ input: Tensor, mirror: [Bool], to target: LogitTarget)
  /// Runs one patch and says what each layer cost.
  func profile(_ input: Tensor, into output: Tensor) -> [LayerProfile]
}
