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

  /// What the layers are off together is no less than what the logits are.
  @Test(arguments: 0..<12)
  func theErrorOfTheLayersBoundsThatOfTheLogits(seed: Int) throws {
    let sample = RandomArchitecture(seed: seed)
    let weights = MemoryWeights(sample.architecture, seed: seed)
    let input = Tensor(noise: [sample.architecture.inputChannels] + sample.patch, upTo: 1.7)
    let kernels = try #require(Kernels.available.first)
    let outputs = try [KernelChoice.fast, .plain].map { choice in
      let network = try Network(
        sample.architecture, weights: weights, patch: sample.patch, threads: .all,
        kernels: kernels, choice: choice)
      let output = Tensor(network.outputShape)
      network.forward(input, mirror: [], into: output)
      return output.values
    }
    let range = outputs[1].max()! - outputs[1].min()!
    let logits = zip(outputs[0], outputs[1]).map { abs($0 - $1) }.max()! / range
    let layers = try LayerAudit.error(
      sample.architecture, weights: weights, input: input, cutAs: sample.patch,
      usesWinograd: true, threads: .all, kernels: kernels)
    // The plain engine has float32's own rounding, a few units of 6e-8.
    #expect(layers < 1e-4 && Double(logits) < 2 * layers + 1e-6, "\(logits) \(layers)")
  }

  /// One wrong number in any tensor is seen, whatever the layer and the channel.
  @Test(arguments: [false, true])
  func aWrongNumberInAnyTensorIsSeen(residual: Bool) throws {
    let architecture = residual ? Self.residual : small
    let (patch, kernels) = ([16, 16, 16], try Kernels.chosen())
    guard !kernels.runsPlain else { return }
    let weights = MemoryWeights(architecture, seed: 3)
    let input = Tensor(noise: [1] + patch, upTo: 1.7)
    for parameter in architecture.parameters {
      // An instance norm takes the bias of its convolution off again.
      if parameter.name.contains(".conv"), parameter.name.hasSuffix(".bias") { continue }
      let wrong = WrongNumber(weights: weights, name: parameter.name)
      let error = try LayerAudit.error(
        architecture, weights: wrong, input: input, cutAs: patch, usesWinograd: true, threads: .all,
        kernels: kernels)
      #expect(error > KernelCheck.tolerance, "\(parameter.name) \(error)")
    }
  }

  /// Values that are none are never exact enough.
  @Test func weightsThatAreNoNumbersAreNotFast() throws {
    let kernels = try #require(Kernels.available.first)
    var weights = MemoryWeights(small, seed: 3)
    weights.tensors["encoder.1.0.conv.weight"]?.values[7] = .nan
    let error = try LayerAudit.error(
      small, weights: weights, input: Tensor(noise: [1, 16, 16, 16]), cutAs: [16, 16, 16],
      usesWinograd: true, threads: .all, kernels: kernels)
    #expect(error.isNaN)
  }

  /// Larger patches go in larger tiles, which round otherwise; the check of a smaller one has them, too.
  @Test func aCheckCutsAsThePatchOfTheModelDoes() throws {
    let single = NetworkTests.singleLayer([16, 16, 16], channels: 16, kernel: [3, 3, 3])
      .architecture
    let kernels = try #require(Kernels.available.first)
    let errors = try [4, 4, 64].map { side in
      try LayerAudit.error(
        single, weights: MemoryWeights(single, seed: 3), input: Tensor(noise: [1, 16, 16, 16]),
        cutAs: [side, side, side], usesWinograd: true, threads: .all, kernels: kernels)
    }
    #expect(errors[0] == errors[1] && errors[1] != errors[2], "\(errors)")
    #expect(errors[2] < 1e-4, "\(errors)")
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
      let differences = zip(output.values, outputs[2].values).map { abs($0 - $1) }
      let range = outputs[2].values.max()! - outputs[2].values.min()!
      #expect(differences.max()! / range < 1e-5)
    }
    // Winograd rounds otherwise than direct sums do: were the bytes equal, nothing was chosen.
    #expect(outputs[0].values != outputs[1].values)
  }

  private static let residual = Architecture(
    encoder: .residual, inputChannels: 1, outputChannels: 3,
    stages: [
      .init(features: 16, kernel: [3, 3, 3], stride: [1, 1, 1], blocks: 1),
      .init(features: 32, kernel: [3, 3, 3], stride: [2, 2, 2], blocks: 2),
    ],
    decoder: [
      .init(
        features: 16, upsampling: [2, 2, 2], kernel: [3, 3, 3], convolutions: 1,
        upsamplingBias: true)
    ],
    stem: .init(features: 16, kernel: [3, 3, 3], stride: [1, 1, 1], blocks: 1),
    convolutionBias: true, headBias: true)

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

/// Weights of which one number is read otherwise the second time, as the plain sums read it.
private final class WrongNumber: WeightSource, @unchecked Sendable {
  private let weights: MemoryWeights
  private let name: String
  private var reads = 0

  init(weights: MemoryWeights, name: String) { (self.weights, self.name) = (weights, name) }

  func shape(of name: String) -> [Int]? { weights.shape(of: name) }

  func withTensor<Result>(
    _ name: String, _ body: (Span<Float>) throws(NNXError) -> Result
  ) throws(NNXError) -> Result {
    try weights.withTensor(name) { (values) throws(NNXError) in
      guard name == self.name else { return try body(values) }
      reads += 1
      guard reads > 1 else { return try body(values) }
      let tensor = Tensor([values.count], values.indices.map { values[$0] })
      tensor.withMutableSpan { $0[$0.count - 1] += 1 }
      return try tensor.withSpan(body)
    }
  }
}
