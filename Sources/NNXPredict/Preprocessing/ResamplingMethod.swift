import NNXImage
import NNXModel
import NNXSystem
import NNXTensor

/// How voxels get to another grid, as the plans of a model ask for it.
enum ResamplingMethod {
  case identity
  case spline(plane: Interpolation, along: Interpolation)
  /// - Parameter separatesAxis: whether an axis of much larger spacing is resampled by itself.
  case torch(separatesAxis: Bool)

  /// - Parameter what: is resampled, for the error.
  /// - Throws: `unsupported-resampling` for an order that nnx does not have.
  init(_ settings: Resampling, for what: String) throws(NNXError) {
    switch settings.function {
    case .identity: self = .identity
    case .torch, .torchSimple: self = .torch(separatesAxis: settings.function == .torch)
    case .spline:
      guard let plane = Interpolation(rawValue: settings.order),
        let along = Interpolation(rawValue: settings.orderZ)
      else { throw settings.unsupported(what) }
      self = .spline(plane: plane, along: along)
    }
  }
}

extension CaseProperties {
  /// The axis that is resampled by itself on the way to the model's grid.
  func separateAxis(_ settings: Resampling) -> Int? {
    NNXImage.separateAxis(
      current: modelSpacing, new: targetSpacing, force: settings.forceSeparateZ)
  }
}

extension LabelMap {
  /// Brings a label map in the box of a case to the model's grid, with the function that the plans name
  /// (`resampling_fn_seg`).
  ///
  /// The map holds nnU-Net's labels plus one: 0 is its -1, outside of the image. Where a function leaves
  /// nnU-Net's 0, that is 1 here.
  ///
  /// - Throws: `unsupported-resampling` for an order that nnx does not have.
  func resampled(
    _ settings: Resampling, _ properties: CaseProperties, threads: Threads
  ) throws(NNXError) -> LabelMap {
    let (shape, axis) = (properties.resampledShape, properties.separateAxis(settings))
    switch try ResamplingMethod(settings, for: "label maps") {
    case .identity: return self
    case .torch(let separatesAxis):
      return resampledAsTorch(
        to: shape, separateAxis: separatesAxis ? axis : nil,
        oneByOne: settings.isMemoryEfficient, fallback: 1, threads: threads)
    case .spline(let plane, let along):
      guard plane != .cubic, along != .cubic else { throw settings.unsupported("label maps") }
      return resampled(
        to: shape, plane, separateAxis: axis, along: along, fallback: 1, threads: threads)
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
  static let unsupportedResampling = NNXError.Code("unsupported-resampling", .data)
}
