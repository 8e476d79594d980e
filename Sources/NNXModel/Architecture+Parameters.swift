extension Architecture {
  /// One tensor that the network needs.
  package struct Parameter: Equatable, Sendable {
    /// Name in the weights file (docs/format/weights.md).
    package var name: String
    /// Convolutions `(out, in, z, y, x)`, transposed convolutions `(in, out, z, y, x)`, vectors `(c)`.
    package var shape: [Int]

    package init(_ name: String, _ shape: [Int]) {
      self.name = name
      self.shape = shape
    }
  }

  /// Every tensor of the network, in the order of computation.
  ///
  /// Names: `stem.conv`, `encoder.{stage}.{block}.conv` (plain) or `.conv1`, `.conv2`, `.skip`
  /// (residual), `decoder.{stage}.up`, `decoder.{stage}.{block}.conv`, `head`, each with `.weight`
  /// and `.bias`; the norm behind `X.conv…` is `X.norm…` with `.weight`, `.bias` and, for batch
  /// norms, `.running_mean`, `.running_var`, for filter response norms `.tau`.
  package var parameters: [Parameter] {
    var list: [Parameter] = []
    var channels = inputChannels
    func convolution(
      _ name: String, _ norm: String, _ output: Int, _ input: Int, _ kernel: [Int], bias: Bool
    ) {
      list.append(Parameter("\(name).weight", [output, input] + kernel))
      if bias { list.append(Parameter("\(name).bias", [output])) }
      list += self.norm.tensors.map { Parameter("\(norm).\($0)", [output]) }
    }
    if let stem {
      convolution(
        "stem.conv", "stem.norm", stem.features, channels, stem.kernel, bias: convolutionBias)
      channels = stem.features
    }
    for (s, stage) in stages.enumerated() {
      for b in 0..<stage.blocks {
        let name = "encoder.\(s).\(b)"
        let input = b == 0 ? channels : stage.features
        if encoder == .plain {
          convolution(
            "\(name).conv", "\(name).norm", stage.features, input, stage.kernel,
            bias: convolutionBias)
          continue
        }
        convolution(
          "\(name).conv1", "\(name).norm1", stage.features, input, stage.kernel,
          bias: convolutionBias)
        convolution(
          "\(name).conv2", "\(name).norm2", stage.features, stage.features, stage.kernel,
          bias: convolutionBias)
        if hasProjection(stage: s, block: b, input: input) {
          convolution(
            "\(name).skip.conv", "\(name).skip.norm", stage.features, input, [1, 1, 1],
            bias: false)
        }
      }
      channels = stage.features
    }
    for (d, stage) in decoder.enumerated() {
      list.append(
        Parameter("decoder.\(d).up.weight", [channels, stage.features] + stage.upsampling))
      if stage.upsamplingBias {
        list.append(Parameter("decoder.\(d).up.bias", [stage.features]))
      }
      let skip = stages[stages.count - 2 - d].features
      for b in 0..<stage.convolutions {
        let input = b == 0 ? stage.features + skip : stage.features
        convolution(
          "decoder.\(d).\(b).conv", "decoder.\(d).\(b).norm", stage.features, input, stage.kernel,
          bias: convolutionBias)
      }
      channels = stage.features
    }
    list.append(Parameter("head.weight", [outputChannels, channels, 1, 1, 1]))
    if headBias { list.append(Parameter("head.bias", [outputChannels])) }
    return list
  }

  /// Whether the skip of a residual block has a 1×1 convolution.
  ///
  /// v2 projects when the channels change; v1 also when the block is strided.
  package func hasProjection(stage: Int, block: Int, input: Int) -> Bool {
    guard encoder != .plain, block == 0 else { return false }
    if input != stages[stage].features { return true }
    return encoder == .residualStridedSkip && stages[stage].stride.contains { $0 != 1 }
  }

  /// Number of weights.
  package var parameterCount: Int {
    parameters.reduce(0) { $0 + $1.shape.reduce(1, *) }
  }

  /// The extents of each stage for a patch `(z, y, x)`; `nil` when the patch cannot be halved so
  /// often, or the strides of the decoder do not give back the skip's extents.
  package func stageExtents(patch: [Int]) -> [[Int]]? {
    var extents: [[Int]] = []
    var current = patch
    for stage in stages {
      for (size, stride) in zip(current, stage.stride) where size % stride != 0 { return nil }
      current = zip(current, stage.stride).map { $0 / $1 }
      if current.contains(0) { return nil }
      extents.append(current)
    }
    return extents
  }
}

extension Architecture.Norm {
  /// The vectors that it has for each convolution.
  fileprivate var tensors: [String] {
    switch self {
    case .instance, .group: ["weight", "bias"]
    case .batch: ["weight", "bias", "running_mean", "running_var"]
    case .filterResponse: ["weight", "bias", "tau"]
    case .none: []
    }
  }
}
