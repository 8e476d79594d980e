internal import NNXModel
internal import NNXSystem

extension NetworkGraph {
  /// The steps of `architecture` on a patch of extents `(z, y, x)`.
  ///
  /// After PlainConvUNet and ResidualEncoderUNet of dynamic_network_architectures (v2), Generic_UNet
  /// and FabiansUNet (v1).
  ///
  /// - Throws: `unsupportedNetwork`.
  init(_ architecture: Architecture, patch: [Int]) throws(NNXError) {
    guard patch.count == 3, let extents = architecture.stageExtents(patch: patch) else {
      throw NNXError(
        .unsupportedNetwork, "the network's strides do not divide a patch of \(patch)",
        details: ["strides of the stages: \(architecture.stages.map(\.stride))"])
    }
    try Self.check(architecture)
    self.init(
      architecture: architecture,
      shapes: [Shape(channels: architecture.inputChannels, extents: patch)])
    var current = 0
    if let stem = architecture.stem {
      current = convolve(
        [current], "stem.conv", "stem.norm", stem.features, stem.kernel, [1, 1, 1],
        bias: architecture.convolutionBias)
    }
    var skips: [Value] = []
    for (s, stage) in architecture.stages.enumerated() {
      for b in 0..<stage.blocks {
        let stride = b == 0 ? stage.stride : [1, 1, 1]
        current =
          architecture.encoder == .plain
          ? convolve(
            [current], "encoder.\(s).\(b).conv", "encoder.\(s).\(b).norm", stage.features,
            stage.kernel, stride, bias: architecture.convolutionBias)
          : residualBlock(current, stage: s, block: b, stride: stride)
      }
      guard shapes[current].extents == extents[s] else {
        throw NNXError(.unsupportedNetwork, "stage \(s) of the network has no blocks")
      }
      skips.append(current)
    }
    for (d, stage) in architecture.decoder.enumerated() {
      let skip = skips[skips.count - 2 - d]
      let up = try upsample(current, stage, "decoder.\(d).up")
      guard shapes[up].extents == shapes[skip].extents else {
        throw NNXError(
          .unsupportedNetwork,
          "stage \(d) of the decoder gives \(shapes[up].extents), its skip is \(shapes[skip].extents)"
        )
      }
      var inputs = [up, skip]
      for b in 0..<stage.convolutions {
        inputs = [
          convolve(
            inputs, "decoder.\(d).\(b).conv", "decoder.\(d).\(b).norm", stage.features,
            stage.kernel, [1, 1, 1], bias: architecture.convolutionBias)
        ]
      }
      current = inputs[0]
    }
    steps.append(.head(Head(input: current, hasBias: architecture.headBias)))
  }

  private static func check(_ architecture: Architecture) throws(NNXError) {
    let stages = architecture.stages + (architecture.stem.map { [$0] } ?? [])
    let kernels = stages.map(\.kernel) + architecture.decoder.map(\.kernel)
    guard kernels.allSatisfy({ $0.count == 3 && $0.allSatisfy { $0 > 0 && $0 % 2 == 1 } }) else {
      throw NNXError(.unsupportedNetwork, "the network has a kernel of even extent: \(kernels)")
    }
    guard (0...1).contains(architecture.slope) else {
      throw NNXError(
        .unsupportedNetwork, "LeakyReLU with negative slope \(architecture.slope), outside 0 to 1")
    }
    guard architecture.encoder == .plain || architecture.stem != nil else {
      throw NNXError(.unsupportedNetwork, "a residual encoder without a stem convolution")
    }
    guard architecture.decoder.count == architecture.stages.count - 1,
      architecture.decoder.allSatisfy({ $0.convolutions > 0 })
    else {
      throw NNXError(.unsupportedNetwork, "the decoder does not have one stage for each skip")
    }
  }

  private mutating func value(_ channels: Int, _ extents: [Int]) -> Value {
    shapes.append(Shape(channels: channels, extents: extents))
    return shapes.count - 1
  }

  private mutating func convolve(
    _ inputs: [Value], _ name: String, _ norm: String, _ channels: Int, _ kernel: [Int],
    _ stride: [Int], bias: Bool, activates: Bool = true
  ) -> Value {
    let extents = zip(shapes[inputs[0]].extents, stride).map { $0 / $1 }
    let output = value(channels, extents)
    steps.append(
      .convolution(
        Convolution(
          name: name, norm: norm, inputs: inputs, output: output, kernel: kernel, stride: stride,
          hasBias: bias, activates: activates)))
    return output
  }

  private mutating func upsample(
    _ input: Value, _ stage: Architecture.DecoderStage, _ name: String
  ) throws(NNXError) -> Value {
    let extents = zip(shapes[input].extents, stage.upsampling).map { $0 * $1 }
    let output = value(stage.features, extents)
    steps.append(
      .upsampling(
        Upsampling(
          name: name, input: input, output: output, factor: stage.upsampling,
          hasBias: stage.upsamplingBias)))
    return output
  }

  private mutating func residualBlock(
    _ input: Value, stage s: Int, block b: Int, stride: [Int]
  ) -> Value {
    let stage = architecture.stages[s]
    let name = "encoder.\(s).\(b)"
    let bias = architecture.convolutionBias
    let inner = convolve(
      [input], "\(name).conv1", "\(name).norm1", stage.features, stage.kernel, stride, bias: bias)
    let main = convolve(
      [inner], "\(name).conv2", "\(name).norm2", stage.features, stage.kernel, [1, 1, 1],
      bias: bias, activates: false)
    var skip = input
    var skipStride = stride
    if architecture.encoder == .residual, stride.contains(where: { $0 != 1 }) {
      let pooled = value(shapes[input].channels, shapes[main].extents)
      steps.append(.pooling(input: input, output: pooled, window: stride))
      skip = pooled
      skipStride = [1, 1, 1]
    }
    if architecture.hasProjection(stage: s, block: b, input: shapes[input].channels) {
      skip = convolve(
        [skip], "\(name).skip.conv", "\(name).skip.norm", stage.features, [1, 1, 1], skipStride,
        bias: false, activates: false)
    }
    let output = value(stage.features, shapes[main].extents)
    steps.append(.addition(main: main, skip: skip, output: output))
    return output
  }
}
