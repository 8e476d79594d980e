package import NNXModel
package import NNXSystem
package import NNXTensor

/// What a network costs on this machine, measured on patches of noise.
package struct NetworkBenchmark: Sendable {
  /// Name of the kernel set.
  package let kernels: String
  package let threads: Int
  /// Networks that ran at the same time, each with its share of the threads.
  package let replicas: Int
  /// Seconds from mapped weights to a network that can run.
  package let load: Double
  /// The first patch, which also touches all memory for the first time.
  package let first: Cost
  /// The patches after it: median. Of replicas, which run a patch each at the same time, a patch's share.
  package let patch: Cost
  /// Floating-point operations of one patch if every convolution were a plain sum: two for each
  /// product.
  package let operations: Double
  /// In the order of execution, medians over the repeats; empty for the plain engine.
  package let layers: [LayerProfile]

  /// - Parameters:
  ///   - patch: extents `(z, y, x)`; z is 1 for 2-D networks.
  ///   - replicas: networks that run at the same time; layers are those of the first.
  ///   - repeats: patches after the first, at least 1; as many again for the layers.
  /// - Throws: as `Network.init`.
  package init(
    _ architecture: Architecture, weights: any WeightSource, patch: [Int], threads: Threads,
    replicas: Int = 1, repeats: Int, measuresLayers: Bool
  ) throws(NNXError) {
    let repeats = max(repeats, 1)
    kernels = try Kernels.chosen().name
    self.threads = threads.count
    operations = try Self.operations(architecture, patch: patch)
    let start = ProcessFacts.monotonicSeconds
    let networks = try Network.replicas(
      replicas, architecture, weights: weights, patch: patch, threads: threads)
    self.replicas = networks.count
    load = ProcessFacts.monotonicSeconds - start
    let input = Tensor(noise: networks[0].inputShape)
    let outputs = networks.map { Tensor($0.outputShape) }
    func patches() -> Cost {
      let cost = Cost.of {
        Threads(networks.count).forEach(networks.count) { index, _ in
          networks[index].forward(input, mirror: [], into: outputs[index])
        }
      }
      let share = Double(networks.count)
      return Cost(wall: cost.wall / share, processor: cost.processor / share)
    }
    first = patches()
    self.patch = Cost.median((0..<repeats).map { _ in patches() })
    guard measuresLayers else {
      layers = []
      return
    }
    let profiles = (0..<repeats).map { _ in networks[0].profile(input, into: outputs[0]) }
    layers = profiles[0].indices.map { index in
      LayerProfile.median(profiles.map { $0[index] })
    }
  }

  /// `operations` of a network, without running it.
  ///
  /// - Throws: `unsupported-network`.
  package static func operations(
    _ architecture: Architecture, patch: [Int]
  ) throws(NNXError) -> Double {
    try NetworkGraph(architecture, patch: patch).operations
  }
}

extension NetworkGraph {
  /// Floating-point operations of all convolutions, done as plain sums: two for each product.
  var operations: Double { steps.reduce(0) { $0 + operations(of: $1) } }

  func operations(of step: Step) -> Double {
    func voxels(_ value: Value) -> Double { Double(shapes[value].extents.reduce(1, *)) }
    let products: Double =
      switch step {
      case .convolution(let layer):
        voxels(layer.output) * Double(layer.kernel.reduce(1, *) * shapes[layer.output].channels)
          * Double(layer.inputs.reduce(0) { $0 + shapes[$1].channels })
      case .upsampling(let layer):
        voxels(layer.output) * Double(shapes[layer.input].channels * shapes[layer.output].channels)
      case .head(let layer):
        voxels(layer.input) * Double(shapes[layer.input].channels * architecture.outputChannels)
      case .pooling, .addition: 0
      }
    return 2 * products
  }
}
