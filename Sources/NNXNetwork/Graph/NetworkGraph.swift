internal import NNXModel

/// A network as a list of steps on numbered feature maps, for one patch size.
///
/// Both engines run this list: the blocked kernels and the reference.
struct NetworkGraph {
  /// Value 0 is the input.
  typealias Value = Int

  /// What is known of a value: channels and extents `(z, y, x)`.
  struct Shape: Equatable {
    var channels: Int
    var extents: [Int]
  }

  /// Convolution (with zero padding `kernel / 2`), then norm, then perhaps activation; or activation
  /// before norm when the architecture says so.
  struct Convolution {
    /// Prefix of the weight's name.
    var name: String
    /// Prefix of the norm's names.
    var norm: String
    /// Concatenated along the channels.
    var inputs: [Value]
    var output: Value
    var kernel: [Int]
    var stride: [Int]
    var hasBias: Bool
    var activates: Bool
  }

  /// Transposed convolution whose kernel is its stride.
  struct Upsampling {
    var name: String
    var input: Value
    var output: Value
    var factor: [Int]
    var hasBias: Bool
  }

  /// 1×1 convolution to the logits.
  struct Head {
    var input: Value
    var hasBias: Bool
  }

  enum Step {
    case convolution(Convolution)
    case upsampling(Upsampling)
    /// Mean over windows of `window` voxels, which do not overlap.
    case pooling(input: Value, output: Value, window: [Int])
    /// `LeakyReLU(main + skip)`: the end of a residual block.
    case addition(main: Value, skip: Value, output: Value)
    case head(Head)

    /// The values that the step reads.
    var inputs: [Value] {
      switch self {
      case .convolution(let step): step.inputs
      case .upsampling(let step): [step.input]
      case .pooling(let input, _, _): [input]
      case .addition(let main, let skip, _): [main, skip]
      case .head(let step): [step.input]
      }
    }

    /// The value that the step makes; the head's logits are none.
    var output: Value? {
      switch self {
      case .convolution(let step): step.output
      case .upsampling(let step): step.output
      case .pooling(_, let output, _): output
      case .addition(_, _, let output): output
      case .head: nil
      }
    }
  }

  let architecture: Architecture
  var shapes: [Shape]
  var steps: [Step] = []
  /// Whether convolutions may go Winograd's way.
  var usesWinograd = true
  var limits = WorkLimits()
  /// The shapes that choose how a convolution is cut into tiles, where they are not its own: a check on a small
  /// patch is to cut as the model's patch does.
  var cutShapes: [Shape]?
}
