import NNXImage
import NNXModel
import NNXSystem
import NNXTensor

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
    let shape = properties.resampledShape
    let axis = separateAxis(
      current: properties.modelSpacing, new: properties.targetSpacing,
      force: settings.forceSeparateZ)
    switch settings.function {
    case .identity: return self
    case .torch, .torchSimple:
      return resampledAsTorch(
        to: shape, separateAxis: settings.function == .torch ? axis : nil,
        oneByOne: settings.isMemoryEfficient, fallback: 1, threads: threads)
    case .spline:
      guard let plane = Interpolation(rawValue: settings.order),
        let along = Interpolation(rawValue: settings.orderZ), plane != .cubic, along != .cubic
      else { throw settings.unsupported("label maps") }
      return resampled(
        to: shape, plane, separateAxis: axis, along: along, fallback: 1, threads: threads)
    }
  }
}
