import NNXImage
import NNXModel
import NNXSystem
import NNXTensor

/// Brings the channels of an image to the model's spacing, with the function that the plans name.
struct ImageResampling {
  private enum Work {
    case spline(Resampler, plane: Interpolation, along: Interpolation, axis: Int?)
    case linear(LinearResampler)
    case nothing
  }

  private let work: Work
  private let shape: [Int]
  private let threads: Threads

  /// - Throws: `unsupported-resampling` for an order that nnx does not have.
  init(
    _ settings: Resampling, _ properties: CaseProperties, threads: Threads
  ) throws(NNXError) {
    (shape, self.threads) = (properties.resampledShape, threads)
    let axis = properties.separateAxis(settings)
    switch try ResamplingMethod(settings, for: "images") {
    case .spline(let plane, let along):
      work = .spline(try Resampler(threads: threads), plane: plane, along: along, axis: axis)
    case .torch(let separatesAxis):
      work = .linear(
        try LinearResampler(
          from: properties.croppedShape, to: shape, separateAxis: separatesAxis ? axis : nil,
          rule: .torch))
    case .identity:
      guard shape == properties.croppedShape else { throw settings.unsupported("images") }
      work = .nothing
    }
  }

  /// - Parameter channel: `(z, y, x)`, cropped, model order.
  func run(_ channel: Tensor) -> Tensor {
    switch work {
    case .spline(let resampler, let plane, let along, let axis):
      resampler.resample(channel, to: shape, plane, separateAxis: axis, along: along)
    case .linear(let resampler): resampler.resample(channel, threads: threads)
    case .nothing: channel
    }
  }
}
