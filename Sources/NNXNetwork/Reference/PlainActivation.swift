import Glibc
internal import NNXModel
internal import NNXTensor

/// An activation as its definition says, value by value.
struct PlainActivation {
  private let kind: Architecture.Activation
  private let slope: Float

  init(_ architecture: Architecture) {
    kind = architecture.activation
    slope = Float(architecture.slope)
  }

  /// - Parameter tensor: `(c, z, y, x)`.
  func apply(to tensor: Tensor, _ threads: Threads) {
    let voxels = tensor.count / tensor.shape[0]
    threads.forEach(tensor.shape[0]) { channel, _ in
      let values = unsafe UnsafeMutableBufferPointer(
        start: tensor.base + channel * voxels, count: voxels)
      switch kind {
      case .identity: break
      case .leakyReLU:
        for index in values.indices where unsafe values[index] < 0 {
          unsafe values[index] *= slope
        }
      case .gelu:
        for index in values.indices {
          let value = unsafe Double(values[index])
          unsafe values[index] = Float(value * 0.5 * (1 + erf(value * 0.5.squareRoot())))
        }
      case .mish:
        for index in values.indices {
          let value = unsafe Double(values[index])
          // torch: softplus is the identity above 20.
          let softplus = value > 20 ? value : log1p(exp(value))
          unsafe values[index] = Float(value * tanh(softplus))
        }
      }
    }
  }
}
