import NNXModel
import NNXSystem
import NNXTensor
import Testing

@testable import NNXNetwork

/// The comparison of the fast kernels with the plain engine on a network's own weights.
@Suite struct KernelCheckTests {
  @Test(arguments: Kernels.available.map(\.name))
  func ordinaryWeightsPass(kernels: String) throws {
    let check = try KernelCheck(
      small, weights: MemoryWeights(small, seed: 3), patch: [16, 16, 16], threads: .all,
      kernels: try .named(kernels))
    #expect(check.choice == .fast)
    #expect(check.error > 0 && check.error < 1e-5, "\(check.error)")
    #expect(check.kernels == kernels)
  }

  @Test func theFastestThatIsExactEnoughIsChosen() throws {
    let limit = KernelCheck.tolerance
    func choice(_ fast: Double, _ direct: Double) throws -> KernelChoice {
      try KernelCheck.choice(fast) { direct }
    }
    #expect(try choice(limit, .nan) == .fast)
    #expect(try choice(2 * limit, limit) == .direct)
    #expect(try choice(.nan, 0) == .direct)
    #expect(try choice(.infinity, 2 * limit) == .plain)
    #expect(try choice(.nan, .nan) == .plain)
  }

  @Test func differencesAreSharesOfTheRange() {
    let expected = Tensor([4], [-1, 0, 1, 3])
    #expect(KernelCheck.difference(Tensor([4], [-1, 0, 1.5, 3]), expected) == 0.125)
    #expect(KernelCheck.difference(Tensor([4], [-1, .nan, 1, 3]), expected).isNaN)
  }

  /// What runs instead of the fast kernels is the same network.
  @Test func everyChoiceGivesTheSameLogits() throws {
    let patch = [16, 16, 16]
    let weights = MemoryWeights(small, seed: 5)
    let input = Tensor([1] + patch, (0..<4096).map { Float($0 % 13) - 6 })
    let outputs = try KernelChoice.allCases.map { choice in
      let network = try Network(
        small, weights: weights, patch: patch, threads: .all, choice: choice)
      let output = Tensor(network.outputShape)
      network.forward(input, mirror: [], into: output)
      return output
    }
    for output in outputs {
      #expect(KernelCheck.difference(output, outputs[2]) < 1e-5)
    }
    // Winograd rounds otherwise than direct sums do: were the bytes equal, nothing was chosen.
    #expect(outputs[0].values != outputs[1].values)
  }

  private let small = Architecture(
    encoder: .plain, inputChannels: 1, outputChannels: 3,
    stages: [
      .init(features: 16, kernel: [3, 3, 3], stride: [1, 1, 1], blocks: 2),
      .init(features: 32, kernel: [3, 3, 3], stride: [2, 2, 2], blocks: 2),
    ],
    decoder: [
      .init(
        features: 16, upsampling: [2, 2, 2], kernel: [3, 3, 3], convolutions: 2,
        upsamplingBias: true)
    ],
    convolutionBias: true, headBias: true)
}
