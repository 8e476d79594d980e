import NNXImage
import NNXModel
import NNXSystem
import NNXTensor

/// Scores at the image's resolution, one plane of one channel, or rows of it, at a time.
struct ScorePlanes {
  private let scores: Tensor
  private let resampler: LinearResampler

  /// - Parameter scores: `(classes, z, y, x)` on the network's grid.
  /// - Throws: `unsupported-resampling`.
  init(
    _ scores: Tensor, _ model: ModelDescription, _ properties: CaseProperties, _ threads: Threads
  ) throws(NNXError) {
    let fits = scores.shape.dropFirst() == properties.croppedShape[...]
    let scores =
      model.exportResampling.isLinear || fits
      ? scores : try ScorePlanes.splines(scores, model, properties, threads)
    try self.init(scores, of: Array(scores.shape.dropFirst()), model, properties)
  }

  /// Of scores whose planes come and go; only for models whose scores are resampled by lines.
  ///
  /// - Throws: `usage`, see `LinearResampler`.
  init(
    _ band: ScoreBand, _ model: ModelDescription, _ properties: CaseProperties
  ) throws(NNXError) {
    try self.init(band.scores, of: band.volume, model, properties)
  }

  private init(
    _ scores: Tensor, of shape: [Int], _ model: ModelDescription, _ properties: CaseProperties
  ) throws(NNXError) {
    let settings = model.exportResampling
    self.scores = scores
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

  /// Writes rows of plane `index`, of scores that begin with a plane and a row of their own.
  func rows(
    _ rows: Range<Int>, ofPlane index: Int, channel: Int, from held: (z: Int, y: Int),
    into values: Tensor, _ scratch: Tensor
  ) {
    resampler.rows(
      rows, ofPlane: index, of: scores, from: held, channel: channel, into: values, scratch)
  }

  /// How many planes (axis 0) or rows (axis 1) are made of the first `done` of the network's grid.
  func count(along axis: Int, of done: Int) -> Int { resampler.count(along: axis, of: done) }

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

extension Resampling {
  /// Whether a sample lies between two planes, two rows and two columns of what is resampled.
  var isLinear: Bool { order == 1 && orderZ <= 1 }
}
