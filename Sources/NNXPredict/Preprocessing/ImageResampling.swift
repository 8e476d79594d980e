import NNXImage
import NNXModel
import NNXSystem
import NNXTensor

/// Brings the channels of an image to the model's spacing, with the function that the plans name.
struct ImageResampling {
  private enum Method {
    case spline(Resampler, plane: Interpolation, along: Interpolation)
    case linear(LinearResampler)
    case identity
  }

  private let method: Method
  private let shape: [Int]
  private let axis: Int?
  private let threads: Threads

  /// - Throws: `unsupported-resampling` for an order that nnx does not have.
  init(
    _ settings: Resampling, _ properties: CaseProperties, threads: Threads
  ) throws(NNXError) {
    shape = properties.resampledShape
    let axis = separateAxis(
      current: properties.modelSpacing, new: properties.targetSpacing,
      force: settings.forceSeparateZ)
    self.axis = axis
    self.threads = threads
    switch settings.function {
    case .spline:
      guard let plane = Interpolation(rawValue: settings.order),
        let along = Interpolation(rawValue: settings.orderZ)
      else { throw settings.unsupported("images") }
      method = .spline(try Resampler(threads: threads), plane: plane, along: along)
    case .torch, .torchSimple:
      method = .linear(
        try LinearResampler(
          from: properties.croppedShape, to: shape,
          separateAxis: settings.function == .torch ? axis : nil, rule: .torch))
    case .identity:
      guard shape == properties.croppedShape else { throw settings.unsupported("images") }
      method = .identity
    }
  }

  /// - Parameter channel: `(z, y, x)`, cropped, model order.
  func run(_ channel: Tensor) -> Tensor {
    switch method {
    case .spline(let resampler, let plane, let along):
      resampler.resample(channel, to: shape, plane, separateAxis: axis, along: along)
    case .linear(let resampler): resampler.resample(channel, threads: threads)
    case .identity: channel
    }
  }
}

extension Resampling {
  /// The error for settings that no stock plans have.
  func unsupported(_ what: String) -> NNXError {
    NNXError(
      .unsupportedResampling,
      "the model wants \(what) resampled by '\(function.rawValue)' of order \(order) and \(orderZ)",
      details: ["nnx has splines of order 0, 1 and 3 for images, and order 1 for probabilities."],
      fixes: ["nnU-Net runs it from the same files: nnUNet_results=\"$(nnx path --results)\""])
  }
}

extension NNXError.Code {
  package static let unsupportedResampling = NNXError.Code("unsupported-resampling", .data)
}
