import NNXSystem

/// A network as data: what nnU-Net v1 and v2 build from their plans, made alike.
///
/// Always three-dimensional: a 2-D network is one whose kernels, strides and patch have extent 1 on
/// axis 0. Weights are stored under the engine's own names (docs/format/weights.md), so nothing here
/// depends on which nnU-Net wrote the checkpoint. Axis order is `(z, y, x)` after the transpose.
package struct Architecture: Codable, Equatable, Sendable {
  package enum Encoder: String, Word {
    /// Plain convolutions: PlainConvUNet (v2) and Generic_UNet (v1).
    case plain
    /// Residual blocks with average pooling in the skip: ResidualEncoderUNet (v2).
    case residual
    /// Residual blocks with a strided projection in the skip: FabiansUNet (v1).
    case residualStridedSkip
  }

  package enum Norm: Equatable, Sendable {
    /// Over the spatial axes of each channel, biased variance.
    case instance(epsilon: Double)
    /// Running statistics from training.
    case batch(epsilon: Double)
    /// Over the spatial axes of the channels of each group, biased variance (Wu, He 2018).
    case group(epsilon: Double, groups: Int)
    /// Filter response normalisation with its thresholded linear unit (Singh, Krishnan 2020; `FRN3D` of
    /// nnunet/network_architecture/custom_modules/feature_response_normalization.py):
    /// `max(weight · x / √(mean(x²) + ε) + bias, tau)`.
    case filterResponse(epsilon: Double)
    /// None at all.
    case none
  }

  /// What follows a norm.
  package enum Activation: String, Word {
    /// `max(x, slope · x)`; ReLU when the slope is 0.
    case leakyReLU
    /// `x · Φ(x)`, with the error function as torch's default has it.
    case gelu
    /// `x · tanh(softplus(x))` (Misra 2019).
    case mish
    case identity
  }

  /// One resolution of the encoder; stage 0 is the finest.
  package struct Stage: Codable, Equatable, Sendable {
    /// Output channels.
    package var features: Int
    /// Kernel extents `(z, y, x)`, each odd.
    package var kernel: [Int]
    /// Strides `(z, y, x)` of the stage's first convolution.
    package var stride: [Int]
    /// Number of convolutions (plain) or residual blocks.
    package var blocks: Int

    package init(features: Int, kernel: [Int], stride: [Int], blocks: Int) {
      self.features = features
      self.kernel = kernel
      self.stride = stride
      self.blocks = blocks
    }
  }

  /// One resolution of the decoder: transposed convolution, concatenation `(up-sampled, skip)`,
  /// convolutions.
  package struct DecoderStage: Codable, Equatable, Sendable {
    /// Output channels; those of the skip.
    package var features: Int
    /// Kernel and stride of the transposed convolution `(z, y, x)`.
    package var upsampling: [Int]
    /// Kernel of the convolutions `(z, y, x)`. v2 takes the skip's, v1's Generic_UNet that of the
    /// deeper stage.
    package var kernel: [Int]
    /// Number of convolutions after the concatenation.
    package var convolutions: Int
    /// Whether the transposed convolution has a bias.
    package var upsamplingBias: Bool

    package init(
      features: Int, upsampling: [Int], kernel: [Int], convolutions: Int, upsamplingBias: Bool
    ) {
      self.features = features
      self.upsampling = upsampling
      self.kernel = kernel
      self.convolutions = convolutions
      self.upsamplingBias = upsamplingBias
    }
  }

  package var encoder: Encoder
  /// Image channels, plus one per foreground label in the second stage of a cascade.
  package var inputChannels: Int
  /// Channels of the logits: labels with background, or regions.
  package var outputChannels: Int
  package var stages: [Stage]
  /// Deepest first; one fewer than `stages`.
  package var decoder: [DecoderStage]
  /// Features and kernel of the stem convolution that residual encoders begin with.
  package var stem: Stage?
  /// Whether convolutions before a norm carry a bias.
  package var convolutionBias: Bool
  package var norm: Norm
  /// Whether every layer is normalised over its patch, so that one value that is no number makes all of a
  /// patch so.
  package var normalizesInstances: Bool { if case .instance = norm { true } else { false } }
  package var activation: Activation
  /// Negative slope of LeakyReLU; 0 is ReLU.
  package var slope: Double
  /// Whether the activation comes before the norm instead of after it.
  package var activationFirst: Bool
  /// Whether the 1×1 output convolution has a bias.
  package var headBias: Bool

  private enum CodingKeys: CodingKey {
    case encoder, inputChannels, outputChannels, stem, stages, decoder, convolutionBias, norm
    case activation, slope, activationFirst, headBias
  }

  package init(
    encoder: Encoder, inputChannels: Int, outputChannels: Int, stages: [Stage],
    decoder: [DecoderStage], stem: Stage? = nil, convolutionBias: Bool,
    norm: Norm = .instance(epsilon: 1e-5), activation: Activation = .leakyReLU,
    slope: Double = 0.01, activationFirst: Bool = false, headBias: Bool
  ) {
    self.encoder = encoder
    self.inputChannels = inputChannels
    self.outputChannels = outputChannels
    self.stages = stages
    self.decoder = decoder
    self.stem = stem
    self.convolutionBias = convolutionBias
    self.norm = norm
    self.activation = activation
    self.slope = slope
    self.activationFirst = activationFirst
    self.headBias = headBias
  }
}

extension Architecture {
  /// The layer that the blocked kernels lack, in words; `nil` when they have all of them. Such a network
  /// is run by the plain engine: slowly, but to the same formulas.
  package var unblockedLayer: String? {
    switch norm {
    case .group: return "group norm"
    case .filterResponse: return "filter response norm"
    case .none: return "convolutions without norm"
    case .instance, .batch: break
    }
    switch activation {
    case .leakyReLU: return nil
    case .gelu: return "GELU"
    case .mish: return "Mish"
    case .identity: return "norms without activation"
    }
  }
}
