package import NNXModel

/// The networks that nnU-Net plans most often, by name.
package enum NamedArchitecture: String, CaseIterable, Sendable {
  /// PlainConvUNet 32…320, 128³, the 3d_fullres default.
  case plain
  /// ResidualEncoderUNet M, 128³.
  case residual
  /// PlainConvUNet for thick slices: 1×3×3 kernels and 1×2×2 strides first, patch 40×192×192.
  case anisotropic
  /// PlainConvUNet 32…512 in 2-D, 512².
  case flat

  /// Extents `(z, y, x)`.
  package var patch: [Int] {
    switch self {
    case .plain, .residual: [128, 128, 128]
    case .anisotropic: [40, 192, 192]
    case .flat: [1, 512, 512]
    }
  }

  package var architecture: Architecture {
    switch self {
    case .plain:
      make(
        .plain, [32, 64, 128, 256, 320, 320], kernels: Array(repeating: [3, 3, 3], count: 6),
        strides: [[1, 1, 1]] + Array(repeating: [2, 2, 2], count: 5),
        blocks: Array(repeating: 2, count: 6), decoderConvolutions: 2)
    case .residual:
      make(
        .residual, [32, 64, 128, 256, 320, 320], kernels: Array(repeating: [3, 3, 3], count: 6),
        strides: [[1, 1, 1]] + Array(repeating: [2, 2, 2], count: 5), blocks: [1, 3, 4, 6, 6, 6],
        decoderConvolutions: 1)
    case .anisotropic:
      make(
        .plain, [32, 64, 128, 256, 320, 320],
        kernels: [[1, 3, 3], [1, 3, 3]] + Array(repeating: [3, 3, 3], count: 4),
        strides: [[1, 1, 1], [1, 2, 2], [1, 2, 2], [2, 2, 2], [2, 2, 2], [1, 2, 2]],
        blocks: Array(repeating: 2, count: 6), decoderConvolutions: 2)
    case .flat:
      make(
        .plain, [32, 64, 128, 256, 512, 512, 512, 512],
        kernels: Array(repeating: [1, 3, 3], count: 8),
        strides: [[1, 1, 1]] + Array(repeating: [1, 2, 2], count: 7),
        blocks: Array(repeating: 2, count: 8), decoderConvolutions: 2)
    }
  }

  private func make(
    _ encoder: Architecture.Encoder, _ features: [Int], kernels: [[Int]], strides: [[Int]],
    blocks: [Int], decoderConvolutions: Int
  ) -> Architecture {
    let count = features.count
    let stages = (0..<count).map {
      Architecture.Stage(
        features: features[$0], kernel: kernels[$0], stride: strides[$0], blocks: blocks[$0])
    }
    let decoder = (0..<count - 1).map { d in
      Architecture.DecoderStage(
        features: features[count - 2 - d], upsampling: strides[count - 1 - d],
        kernel: kernels[count - 2 - d], convolutions: decoderConvolutions, upsamplingBias: true)
    }
    return Architecture(
      encoder: encoder, inputChannels: 1, outputChannels: 3, stages: stages, decoder: decoder,
      stem: encoder == .plain
        ? nil
        : Architecture.Stage(
          features: features[0], kernel: kernels[0], stride: [1, 1, 1], blocks: 1),
      convolutionBias: true, headBias: true)
  }
}
