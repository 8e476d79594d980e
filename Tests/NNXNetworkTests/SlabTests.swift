import NNXModel
import NNXNetwork
import NNXSystem
import NNXTensor
import TestSupport
import Testing

/// Networks whose largest maps go slab by slab; limits that no user has let small patches do that.
@Suite struct SlabTests {
  struct Case: CustomTestStringConvertible {
    var name: String
    var patch: [Int]
    var architecture: Architecture
    var testDescription: String { name }
  }

  static func uNet(
    _ name: String, _ patch: [Int], kernel: [Int], stride: [Int], features: [Int],
    encoder: Architecture.Encoder = .plain, blocks: Int = 2
  ) -> Case {
    let stages = features.enumerated().map { index, count in
      Architecture.Stage(
        features: count, kernel: kernel, stride: index == 0 ? [1, 1, 1] : stride, blocks: blocks)
    }
    let decoder = (1..<stages.count).map { d in
      Architecture.DecoderStage(
        features: features[stages.count - 1 - d], upsampling: stride, kernel: kernel,
        convolutions: 2, upsamplingBias: true)
    }
    return Case(
      name: name, patch: patch,
      architecture: Architecture(
        encoder: encoder, inputChannels: 1, outputChannels: 3, stages: stages, decoder: decoder,
        stem: encoder == .plain
          ? nil
          : Architecture.Stage(
            features: features[0], kernel: kernel, stride: [1, 1, 1], blocks: 1),
        convolutionBias: true, slope: 0.01, headBias: true))
  }

  static let cases = [
    uNet("plain", [40, 12, 10], kernel: [3, 3, 3], stride: [2, 2, 2], features: [5, 9]),
    // Planes that are no whole tiles, and a factor that divides no slab.
    uNet("thirds", [51, 9, 12], kernel: [3, 3, 3], stride: [3, 3, 3], features: [3, 4]),
    uNet("flat kernels", [9, 20, 16], kernel: [1, 3, 3], stride: [1, 2, 2], features: [4, 3]),
    uNet(
      "residual", [40, 12, 14], kernel: [3, 3, 3], stride: [2, 2, 2], features: [4, 5],
      encoder: .residual),
    uNet(
      "three stages", [64, 8, 12], kernel: [3, 3, 3], stride: [2, 2, 2], features: [17, 18, 33],
      blocks: 3),
    uNet("one channel", [36, 16, 8], kernel: [3, 3, 3], stride: [2, 2, 2], features: [1, 2]),
  ]
  static let limits = WorkLimits(tilesInPhases: 0, boxesInSlab: 0)

  @Test(arguments: cases, [limits, WorkLimits(tilesInPhases: .max, boxesInSlab: 0)])
  func cuttingTheWorkChangesNoLogit(_ sample: Case, _ limits: WorkLimits) throws {
    let weights = MemoryWeights(sample.architecture, seed: 1)
    let naive = NaiveNetwork(architecture: sample.architecture, weights: weights)
    let reference = naiveLogits(naive, patch: sample.patch, seed: 1)
    for kernels in Kernels.available {
      let results = try [1, 2, 5, 16].map { count in
        let network = try Network(
          sample.architecture, weights: weights, patch: sample.patch, threads: Threads(count),
          kernels: kernels, limits: limits)
        let first = logits(network, seed: 1)
        _ = logits(network, seed: 2, mirror: [0, 2])
        #expect(logits(network, seed: 1) == first, "\(kernels.name): the next patch")
        return first
      }
      #expect(error(results[0], reference.values) < 2e-4, "\(kernels.name)")
      for result in results { #expect(result == results[0], "\(kernels.name): threads") }
    }
  }

  @Test(arguments: (60...110).map { RandomArchitecture(seed: $0) })
  func randomNetworksAreCutToo(_ sample: RandomArchitecture) throws {
    let weights = MemoryWeights(sample.architecture, seed: sample.seed)
    let naive = NaiveNetwork(architecture: sample.architecture, weights: weights)
    let reference = naiveLogits(naive, patch: sample.patch, seed: sample.seed)
    for kernels in Kernels.available {
      let network = try Network(
        sample.architecture, weights: weights, patch: sample.patch, threads: Threads(2),
        kernels: kernels, limits: Self.limits)
      #expect(error(logits(network, seed: sample.seed), reference.values) < 2e-4, "\(kernels.name)")
    }
  }

  /// Without slabs the decoder of a large patch holds three maps of its extents at once: the upsampled one,
  /// its skip, and the output.
  @Test func slabsSaveMemory() throws {
    let network = Self.uNet(
      "", [128, 128, 128], kernel: [3, 3, 3], stride: [2, 2, 2], features: [32, 64])
    let map = 4 * 32 * 128 * 128 * 128
    for kernels in Kernels.available {
      let bytes = try Network.bytes(
        network.architecture, patch: network.patch, threads: Threads(2), kernels: kernels)
      #expect(bytes < 2 * map, "\(kernels.name): \(Double(bytes) / Double(map)) maps")
    }
  }
}
