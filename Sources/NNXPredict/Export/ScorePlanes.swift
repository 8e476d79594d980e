import NNXImage
import NNXModel
import NNXSystem
import NNXTensor

/// Scores at the image's resolution, one plane of one channel at a time.
struct ScorePlanes {
  private let scores: Tensor
  private let resampler: LinearResampler
  /// Elements of one channel of the scores.
  private let size: Int

  /// - Parameter scores: `(classes, z, y, x)` on the network's grid.
  /// - Throws: `unsupported-resampling`.
  init(
    _ scores: Tensor, _ model: ModelDescription, _ properties: CaseProperties, _ threads: Threads
  ) throws(NNXError) {
    let settings = model.exportResampling
    let isLinear = settings.order == 1 && settings.orderZ <= 1
    let fits = scores.shape.dropFirst() == properties.croppedShape[...]
    self.scores =
      isLinear || fits
      ? scores : try ScorePlanes.splines(scores, model, properties, threads)
    let shape = Array(self.scores.shape.dropFirst())
    size = shape.reduce(1, *)
    // Linear along the separate axis is linear along all of them.
    let isSeparate = settings.orderZ == 0 && settings.function != .torchSimple
    resampler = try LinearResampler(
      from: shape, to: properties.croppedShape,
      separateAxis: isSeparate ? ScorePlanes.separateAxis(model, properties) : nil,
      rule: settings.function == .spline ? .scikitImage : .torch)
  }

  /// All scores at the image's resolution, for the orders that need a whole channel at once. No stock
  /// plans have them.
  private static func splines(
    _ scores: Tensor, _ model: ModelDescription, _ properties: CaseProperties, _ threads: Threads
  ) throws(NNXError) -> Tensor {
    let settings = model.exportResampling
    guard
      case .spline(let plane, let along) = try ResamplingMethod(settings, for: "probabilities")
    else { throw settings.unsupported("probabilities") }
    let resampler = try Resampler(threads: threads)
    let axis = separateAxis(model, properties)
    let (classes, old) = (scores.shape[0], scores.count / scores.shape[0])
    let result = Tensor([classes] + properties.croppedShape)
    let new = result.count / classes
    for channel in 0..<classes {
      let input = Tensor(Array(scores.shape.dropFirst()))
      copy(scores, channel * old..<(channel + 1) * old, to: input, at: 0)
      let output = resampler.resample(
        input, to: properties.croppedShape, plane, separateAxis: axis, along: along)
      copy(output, 0..<new, to: result, at: channel * new)
    }
    return result
  }

  private static func copy(_ source: Tensor, _ range: Range<Int>, to target: Tensor, at start: Int)
  {
    source.withSpan { source in
      target.withMutableSpan { target in
        for index in range { target[start + index - range.lowerBound] = source[index] }
      }
    }
  }

  /// Scratch memory for `plane`; each thread has its own.
  func makeScratch() -> Tensor { Tensor([resampler.scratchCount]) }

  /// Writes plane `index` of the model's axis 0, `(y, x)`.
  ///
  /// - Parameter start: where the plane begins in `values`.
  func plane(_ index: Int, channel: Int, into values: Tensor, at start: Int = 0, _ scratch: Tensor)
  {
    resampler.plane(index, of: scores, channel: channel, into: values, at: start, scratch)
  }

  /// The model's axis along which scores are copied from the nearest plane instead of interpolated.
  ///
  /// v2 looks at the model's spacing, then at the image's. v1 works in file order, and compares the
  /// image's spacing in file order first, then the network's in the *model's* order: with a transpose
  /// it may choose another axis. Its labels depend on that, so it is repeated here
  /// (`save_segmentation_nifti_from_softmax`).
  private static func separateAxis(_ model: ModelDescription, _ properties: CaseProperties) -> Int?
  {
    let force = model.exportResampling.forceSeparateZ
    switch model.generation {
    case .v2:
      return NNXImage.separateAxis(
        current: properties.targetSpacing, new: properties.modelSpacing, force: force)
    case .v1:
      let fileAxis = NNXImage.separateAxis(
        current: properties.spacing, new: properties.targetSpacing, force: force)
      return fileAxis.flatMap { properties.transposeForward.firstIndex(of: $0) }
    }
  }
}
