import NNXModel
import NNXNetwork
import NNXSystem
import NNXTensor
import TestSupport
import Testing

@Suite struct NetworkTests {
  /// One stage: a single convolution of odd extents and channels.
  static func singleLayer(
    _ patch: [Int], channels: Int, kernel: [Int], blocks: Int = 2
  ) -> RandomArchitecture {
    var sample = RandomArchitecture(seed: 1)
    sample.patch = patch
    sample.architecture = Architecture(
      encoder: .plain, inputChannels: 1, outputChannels: 2,
      stages: [
        Architecture.Stage(features: channels, kernel: kernel, stride: [1, 1, 1], blocks: blocks)
      ],
      decoder: [], convolutionBias: true, headBias: true)
    return sample
  }

  static let oddShapes: [RandomArchitecture] = [
    singleLayer([1, 1, 70], channels: 3, kernel: [3, 3, 3]),
    singleLayer([1, 70, 2], channels: 9, kernel: [3, 3, 3]),
    singleLayer([70, 1, 3], channels: 17, kernel: [3, 3, 3]),
    singleLayer([1, 37, 41], channels: 7, kernel: [1, 3, 3]),
    singleLayer([5, 6, 7], channels: 70, kernel: [3, 3, 3]),
    singleLayer([9, 4, 11], channels: 31, kernel: [3, 3, 3]),
    singleLayer([4, 8, 12], channels: 16, kernel: [3, 3, 3]),
    singleLayer([13, 13, 13], channels: 1, kernel: [3, 3, 3]),
    singleLayer([3, 10, 9], channels: 20, kernel: [1, 3, 3]),
    singleLayer([2, 9, 5], channels: 12, kernel: [3, 1, 1]),
    singleLayer([6, 6, 6], channels: 5, kernel: [1, 1, 1]),
    singleLayer([7, 8, 9], channels: 4, kernel: [5, 7, 3]),
    singleLayer([3, 50, 61], channels: 9, kernel: [1, 3, 3]),
    singleLayer([19, 21, 22], channels: 10, kernel: [3, 3, 3]),
    strided([14, 22, 30], kernel: [3, 3, 3], stride: [2, 2, 2]),
    strided([3, 36, 44], kernel: [1, 3, 3], stride: [1, 2, 2]),
    strided([6, 22, 28], kernel: [3, 3, 3], stride: [1, 2, 2]),
  ]

  /// Two stages with a strided convolution between many channels.
  static func strided(_ patch: [Int], kernel: [Int], stride: [Int]) -> RandomArchitecture {
    var sample = RandomArchitecture(seed: 1)
    sample.patch = patch
    sample.architecture = Architecture(
      encoder: .plain, inputChannels: 1, outputChannels: 2,
      stages: [
        Architecture.Stage(features: 33, kernel: [1, 1, 3], stride: [1, 1, 1], blocks: 1),
        Architecture.Stage(features: 47, kernel: kernel, stride: stride, blocks: 1),
      ],
      decoder: [
        Architecture.DecoderStage(
          features: 33, upsampling: stride, kernel: [1, 1, 1], convolutions: 1,
          upsamplingBias: true)
      ], convolutionBias: true, headBias: true)
    return sample
  }

  @Test(arguments: oddShapes + (1...40).map { RandomArchitecture(seed: $0) })
  func everyKernelSetAgreesWithTheNaiveNetwork(_ sample: RandomArchitecture) throws {
    let weights = MemoryWeights(sample.architecture, seed: sample.seed)
    let naive = NaiveNetwork(architecture: sample.architecture, weights: weights)
    let reference = naiveLogits(naive, patch: sample.patch, seed: sample.seed)
    for kernels in allKernels {
      let network = try Network(
        sample.architecture, weights: weights, patch: sample.patch, threads: Threads(2),
        kernels: kernels)
      let difference = error(logits(network, seed: sample.seed), reference.values)
      #expect(difference < 2e-4, "kernels \(kernels.name)")
    }
  }

  @Test(arguments: [[0], [1], [2], [0, 2], [0, 1, 2]])
  func mirroringFlipsTheInputAndFlipsTheLogitsBack(_ axes: [Int]) throws {
    let sample = RandomArchitecture(seed: 2)
    let weights = MemoryWeights(sample.architecture, seed: 2)
    for kernels in allKernels {
      let network = try Network(
        sample.architecture, weights: weights, patch: sample.patch, threads: Threads(2),
        kernels: kernels)
      let shape = network.inputShape
      let input = Tensor(shape, randomValues(shape.reduce(1, *), seed: 5))
      let expected = Tensor(network.outputShape)
      network.forward(flipped(input, axes), mirror: [], into: expected)
      let output = Tensor(network.outputShape)
      network.forward(input, mirror: axes, into: output)
      #expect(output.values == flipped(expected, axes).values, "kernels \(kernels.name)")
    }
  }

  @Test func accumulatingAddsToWhatIsThere() throws {
    let sample = RandomArchitecture(seed: 3)
    let weights = MemoryWeights(sample.architecture, seed: 3)
    for kernels in allKernels {
      let network = try Network(
        sample.architecture, weights: weights, patch: sample.patch, threads: Threads(1),
        kernels: kernels)
      let input = Tensor(
        network.inputShape, randomValues(network.inputShape.reduce(1, *), seed: 5))
      let output = Tensor(network.outputShape)
      network.forward(input, mirror: [], into: output)
      let once = output.values
      network.forward(input, mirror: [], into: output, accumulate: true)
      #expect(error(output.values, once.map { 2 * Double($0) }) < 1e-6)
    }
  }

  /// Within the volume, and beyond it on either side.
  @Test(arguments: [[0, 0, 0], [1, 1, 1], [0, -3, 2], [-1, 2, -2]], 1...8)
  func addingToAVolumeHasTheBytesOfAddingLogits(_ origin: [Int], _ seed: Int) throws {
    let sample = RandomArchitecture(seed: seed)
    let weights = MemoryWeights(sample.architecture, seed: seed)
    for kernels in allKernels {
      let network = try Network(
        sample.architecture, weights: weights, patch: sample.patch, threads: Threads(2),
        kernels: kernels)
      let input = Tensor(
        network.inputShape, randomValues(network.inputShape.reduce(1, *), seed: 5))
      let shape = [network.outputShape[0]] + sample.patch.map { $0 + 1 }
      let importance = Tensor(sample.patch, randomValues(sample.patch.reduce(1, *), seed: 7))
      let start = randomValues(shape.reduce(1, *), seed: 8)
      let (expected, sum) = (Tensor(shape, start), Tensor(shape, start))
      let output = Tensor(network.outputShape)
      network.forward(input, mirror: [], into: output)
      PatchSum(expected, at: origin, weights: importance).add(output, threads: Threads(2))
      network.forward(input, addingTo: PatchSum(sum, at: origin, weights: importance))
      #expect(sum.values == expected.values, "kernels \(kernels.name)")
      let overlaps = zip(origin, sample.patch).allSatisfy { -$1 < $0 && $0 <= $1 }
      #expect((sum.values != start) == overlaps)
    }
  }

  @Test func weightsMultiplyLogitsWhereThePatchLies() {
    let sum = Tensor([2, 1, 1, 3], [1, 2, 3, 4, 5, 6])
    PatchSum(sum, at: [0, 0, 2], weights: Tensor([1, 1, 2], [10, 100]))
      .add(Tensor([2, 1, 1, 2], [1, 2, 3, 4]), threads: Threads(1))
    #expect(sum.values == [1, 2, 13, 4, 5, 36])
    PatchSum(sum, at: [0, 0, -1], weights: Tensor([1, 1, 2], [10, 100]))
      .add(Tensor([2, 1, 1, 2], [1, 2, 3, 4]), threads: Threads(1))
    #expect(sum.values == [201, 2, 13, 404, 5, 36])
  }

  @Test(arguments: 41...50)
  func bytesDoNotDependOnTheNumberOfThreads(_ seed: Int) throws {
    let sample = RandomArchitecture(seed: seed)
    let weights = MemoryWeights(sample.architecture, seed: seed)
    for kernels in Kernels.available {
      let results = try [1, 2, 3, 7].map { count in
        let network = try Network(
          sample.architecture, weights: weights, patch: sample.patch, threads: Threads(count),
          kernels: kernels)
        return logits(network, seed: seed)
      }
      for result in results { #expect(result == results[0], "kernels \(kernels.name)") }
    }
  }

  @Test func aPatchLeavesNothingBehindForTheNext() throws {
    let sample = RandomArchitecture(seed: 7)
    let weights = MemoryWeights(sample.architecture, seed: 7)
    for kernels in Kernels.available {
      let network = try Network(
        sample.architecture, weights: weights, patch: sample.patch, threads: Threads(2),
        kernels: kernels)
      let first = logits(network, seed: 1)
      _ = logits(network, seed: 2, mirror: [0, 1, 2])
      #expect(logits(network, seed: 1) == first)
    }
  }

  /// A norm whose weight is 0 makes a constant, which no padding number can stand for.
  @Test func channelsWithoutWeightAreConstantAndStillPaddedWithZeros() throws {
    var sample = Self.singleLayer([6, 7, 9], channels: 5, kernel: [3, 3, 3])
    sample.architecture.stages[0].blocks = 3
    var weights = MemoryWeights(sample.architecture, seed: 4)
    weights.tensors["encoder.0.0.norm.weight"]!.values[1] = 0
    weights.tensors["encoder.0.0.norm.bias"]!.values[1] = -0.7
    weights.tensors["encoder.0.1.norm.weight"]!.values[3] = 1e-42
    let naive = NaiveNetwork(architecture: sample.architecture, weights: weights)
    let reference = naiveLogits(naive, patch: sample.patch, seed: 1)
    for kernels in allKernels {
      let network = try Network(
        sample.architecture, weights: weights, patch: sample.patch, threads: Threads(2),
        kernels: kernels)
      #expect(error(logits(network, seed: 1), reference.values) < 2e-4, "\(kernels.name)")
    }
  }

  @Test func missingAndMisshapenWeightsAreNamed() throws {
    let sample = Self.singleLayer([4, 4, 4], channels: 3, kernel: [3, 3, 3])
    var weights = MemoryWeights(sample.architecture, seed: 1)
    weights.tensors["encoder.0.1.norm.bias"]!.shape = [2]
    var thrown = #expect(throws: NNXError.self) {
      try Network(sample.architecture, weights: weights, patch: [4, 4, 4], threads: Threads(1))
    }
    #expect(thrown?.code.name == "missing-weights")
    #expect(thrown?.message.contains("encoder.0.1.norm.bias") == true)
    weights.tensors["head.weight"] = nil
    weights.tensors["encoder.0.1.norm.bias"]!.shape = [3]
    thrown = #expect(throws: NNXError.self) {
      try Network(sample.architecture, weights: weights, patch: [4, 4, 4], threads: Threads(1))
    }
    #expect(thrown?.message.contains("head.weight") == true)
  }

  @Test func patchesThatTheStridesDoNotDivideAreRefused() {
    var sample = RandomArchitecture(seed: 1)
    sample.architecture.stages = [
      Architecture.Stage(features: 2, kernel: [3, 3, 3], stride: [2, 2, 2], blocks: 1)
    ]
    sample.architecture.decoder = []
    let weights = MemoryWeights(sample.architecture, seed: 1)
    let thrown = #expect(throws: NNXError.self) {
      try Network(sample.architecture, weights: weights, patch: [4, 5, 4], threads: Threads(1))
    }
    #expect(thrown?.code.name == "unsupported-network")
  }
}

/// A copy with the spatial axes reversed.
func flipped(_ tensor: Tensor, _ axes: [Int]) -> Tensor {
  let shape = tensor.shape
  let values = tensor.values
  var result = values
  for index in values.indices {
    var place = [
      index / (shape[1] * shape[2] * shape[3]), index / (shape[2] * shape[3]) % shape[1],
      index / shape[3] % shape[2], index % shape[3],
    ]
    for axis in axes { place[axis + 1] = shape[axis + 1] - 1 - place[axis + 1] }
    result[((place[0] * shape[1] + place[1]) * shape[2] + place[2]) * shape[3] + place[3]] =
      values[index]
  }
  return Tensor(shape, result)
}
