import NNXModel
import TestSupport
import Testing

/// A network that nobody would train: odd in every respect, small enough for the naive reference.
struct RandomArchitecture: CustomTestStringConvertible {
  var architecture: Architecture
  var patch: [Int]
  var seed: Int

  /// Two for each seed in a row are alike but for the seed.
  init(seed: Int) {
    self.seed = seed
    var random = SeededGenerator(seed: seed)
    func pick<T>(_ choices: [T]) -> T { choices.randomElement(using: &random)! }
    let encoder = pick([Architecture.Encoder.plain, .plain, .residual, .residualStridedSkip])
    let flat = pick([false, false, true])
    func kernel() -> [Int] {
      pick([true, true, false])
        ? [flat ? 1 : pick([1, 3, 3]), 3, 3]
        : [flat ? 1 : pick([1, 3, 5]), pick([1, 3, 5, 7]), pick([1, 3, 5])]
    }
    func stride() -> [Int] { [flat ? 1 : pick([1, 2, 3]), pick([1, 2, 2, 3]), pick([1, 2, 2])] }
    var stages: [Architecture.Stage] = []
    var patch = [flat ? 1 : pick([2, 3, 5]), pick([2, 3, 4, 5]), pick([3, 4, 7])]
    for s in 0..<pick([1, 2, 3]) {
      let step = s == 0 ? [1, 1, 1] : stride()
      let product = stages.reduce([1, 1, 1]) { zip($0, $1.stride).map { $0 * $1 } }
      let size = zip(zip(patch, product), step).map { $0.0 * $0.1 * $1 }
      let bounded = size.reduce(1, *) <= 3000 ? step : [1, 1, 1]
      stages.append(
        Architecture.Stage(
          features: pick([1, 2, 5, 8, 13, 16, 19, 33]), kernel: kernel(), stride: bounded,
          blocks: pick([1, 2])))
    }
    for stage in stages { patch = zip(patch, stage.stride).map { $0 * $1 } }
    let decoder = (0..<stages.count - 1).map { d in
      let skip = stages[stages.count - 2 - d]
      return Architecture.DecoderStage(
        features: skip.features, upsampling: stages[stages.count - 1 - d].stride,
        kernel: kernel(), convolutions: pick([1, 2]), upsamplingBias: pick([true, false]))
    }
    self.patch = patch
    architecture = Architecture(
      encoder: encoder, inputChannels: pick([1, 1, 2, 5, 11]), outputChannels: pick([1, 2, 3, 17]),
      stages: stages, decoder: decoder,
      stem: encoder == .plain
        ? nil
        : Architecture.Stage(
          features: pick([3, 8, 12]), kernel: kernel(), stride: [1, 1, 1], blocks: 1),
      convolutionBias: pick([true, false]),
      norm: pick([.instance(epsilon: 1e-5), .instance(epsilon: 1e-5), .batch(epsilon: 1e-5)]),
      slope: pick([0.01, 0.01, 0.2, 0]), activationFirst: pick([false, false, true]),
      headBias: pick([true, false]))
  }

  var testDescription: String { "seed \(seed): \(patch), \(architecture)" }
}
