import NNXSystem

extension Architecture {
  /// Bounds of what a network may be, far above anything nnU-Net plans. They keep arithmetic on
  /// hostile plans from overflowing.
  private enum Limit {
    static let features = 1 << 14
    static let channels = 1 << 14
    static let stages = 16
    static let blocks = 256
    static let kernel = 31
    static let stride = 16
    static let extent = 1 << 14
    /// Weights of one layer, and voxels of one padded channel: kernels count both in 32 bits.
    static let indices = Double(Int32.max)
  }

  /// Why this is not a network that can exist for patches of this size; `nil` when it can.
  ///
  /// - Parameter patch: extents `(z, y, x)`.
  package func flaw(patch: [Int]) -> String? {
    guard (1...Limit.channels).contains(inputChannels),
      (1...Limit.channels).contains(outputChannels)
    else { return "\(inputChannels) channels in, \(outputChannels) out" }
    guard (2...Limit.stages).contains(stages.count), decoder.count == stages.count - 1 else {
      return "\(stages.count) stages in the encoder, \(decoder.count) in the decoder"
    }
    for stage in stages + (stem.map { [$0] } ?? []) {
      guard (1...Limit.features).contains(stage.features),
        (1...Limit.blocks).contains(stage.blocks),
        Architecture.isKernel(stage.kernel), Architecture.isStride(stage.stride)
      else { return "a stage of \(stage)" }
    }
    guard (stem != nil) == (encoder != .plain) else { return "a stem where none belongs" }
    guard stages[0].stride == [1, 1, 1], stem?.stride ?? [1, 1, 1] == [1, 1, 1] else {
      return "a first stage with a stride"
    }
    for (index, stage) in decoder.enumerated() {
      let skip = stages.count - 2 - index
      guard stage.features == stages[skip].features, stage.upsampling == stages[skip + 1].stride,
        Architecture.isKernel(stage.kernel), (1...Limit.blocks).contains(stage.convolutions)
      else { return "a decoder stage of \(stage)" }
    }
    if case .group(_, let groups) = norm {
      let features = (stages + (stem.map { [$0] } ?? [])).map(\.features)
      guard groups > 0, features.allSatisfy({ $0 % groups == 0 }) else {
        return "\(groups) groups of \(features) features"
      }
    }
    guard slope.isFinite, normEpsilon.isFinite, normEpsilon > 0 else { return "a bad constant" }
    guard patch.count == 3, patch.allSatisfy({ (1...Limit.extent).contains($0) }),
      let extents = stageExtents(patch: patch), let deepest = extents.last
    else { return "a patch of \(patch) that its strides do not divide" }
    guard deepest.reduce(1, *) > 1 else { return "a patch of \(patch) that shrinks to one voxel" }
    for parameter in parameters where parameter.shape.realProduct > Limit.indices {
      return "a layer '\(parameter.name)' of \(parameter.shape) weights"
    }
    for (extents, stage) in zip(extents, stages) {
      // A frame is padded by half a kernel on each side, and up to a multiple of 4.
      let padded = zip(extents, stage.kernel).map { $0 + $1 + 3 }.realProduct
      guard padded * Double(extents == patch ? inputChannels : 1) <= Limit.indices else {
        return "a patch of \(patch) for \(inputChannels) channels"
      }
    }
    return nil
  }

  private var normEpsilon: Double {
    switch norm {
    case .instance(let epsilon), .batch(let epsilon), .group(let epsilon, _),
      .filterResponse(let epsilon):
      epsilon
    case .none: 1
    }
  }

  private static func isKernel(_ kernel: [Int]) -> Bool {
    kernel.count == 3
      && kernel.allSatisfy { $0 % 2 == 1 && (1...Limit.kernel).contains($0) }
  }

  private static func isStride(_ stride: [Int]) -> Bool {
    stride.count == 3 && stride.allSatisfy { (1...Limit.stride).contains($0) }
  }
}
