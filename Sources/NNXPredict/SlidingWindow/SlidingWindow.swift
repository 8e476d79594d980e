import NNXModel
import NNXNetwork
import NNXSystem
import NNXTensor
import Synchronization

/// Tiles a preprocessed volume, runs the network on each tile, and averages what overlaps.
///
/// `predict_sliding_window_return_logits` of nnU-Net v2, and v1's `_internal_predict_3D_3Dconv_tiled`
/// and `…_2Dconv_tiled`, with accumulators of float32 instead of v2's float16.
package struct SlidingWindow {
  package struct Settings: Equatable, Sendable {
    /// Distance of tiles as a share of the patch.
    package var tileStep: Double
    /// Whether to average over mirrored copies, along the axes the model allows.
    package var mirroring: Bool

    package init(tileStep: Double = 0.5, mirroring: Bool = true) {
      self.tileStep = tileStep
      self.mirroring = mirroring
    }

    /// - Throws: `usage` for steps below a voxel.
    func check(_ model: ModelDescription) throws(NNXError) {
      let smallest = TileGrid.smallestStep(patch: model.patch, slicewise: model.slicewise)
      guard tileStep >= smallest else {
        throw NNXError(
          .usage, "--step-size \(Quantity.short(tileStep)) moves the patch by less than a voxel",
          details: [
            "The patch of \(model.configuration) has \(Quantity.along(model.patch)) voxels."
          ],
          fixes: [
            "Give at least --step-size \(Quantity.short((smallest * 1000).rounded(.up) / 1000))"
          ])
      }
    }
  }

  private let model: ModelDescription
  let grid: TileGrid
  private let axis: Int
  private let passes: [[Int]]
  private let threads: Threads
  private let weights: Tensor

  /// - Parameters:
  ///   - volume: extents `(z, y, x)` of the preprocessed image.
  ///   - axis: the outermost of the order of tiles; `nil`: see `ScoreBand.axis`.
  init(
    _ model: ModelDescription, volume: [Int], settings: Settings, axis: Int? = nil, threads: Threads
  ) {
    self.model = model
    self.threads = threads
    let axis = axis ?? ScoreBand.axis(model, volume)
    self.axis = axis
    grid = TileGrid(
      volume: volume, patch: model.patch, tileStep: settings.tileStep, slicewise: model.slicewise,
      outermost: axis)
    passes = Mirroring.passes(
      axes: settings.mirroring ? model.mirrorAxes : [], generation: model.generation)
    let tilesPerImage = model.slicewise ? grid.count / volume[0] : grid.count
    weights =
      switch model.generation {
      case .v2: ImportanceMap.gaussian(patch: model.patch, peak: 10)
      case .v1 where tilesPerImage > 1: ImportanceMap.gaussian(patch: model.patch, peak: 1)
      case .v1: ImportanceMap.uniform(patch: model.patch)
      }
  }

  /// How many patches of scores lie in memory beside those of the volume: none where the one run of each patch adds
  /// them to the volume at once; else their sum over the runs of a tile, and those of each network that waits for its
  /// turn.
  static func scoresHeld(
    _ model: ModelDescription, networks: Int, passes: Int, comparesFolds: Bool
  ) -> Int {
    if networks > 1 || model.generation == .v1 { return networks + 1 }
    return passes == 1 && !comparesFolds ? 0 : 1
  }

  /// How often the network runs for one fold.
  var patchesPerFold: Int { grid.count * passes.count }

  /// Scores to fill.
  ///
  /// - Parameter isWhole: whether all planes are held, instead of those that a row of tiles reaches.
  func band(isWhole: Bool) -> ScoreBand {
    let planes = isWhole ? grid.volume[axis] : ScoreBand.planes(model, along: axis)
    return ScoreBand(
      classes: model.architecture.outputChannels, volume: grid.volume, axis: axis, planes: planes)
  }

  /// Predicts the whole volume with each fold's network in turn.
  ///
  /// - Parameters: as of `fill`.
  /// - Returns: `(classes, z, y, x)`: logits for v2, softmax or sigmoid probabilities for v1, averaged
  ///   over tiles, mirrorings and folds.
  /// - Throws: as `fill`.
  func predict(
    _ input: Tensor, previous: PreviousLabels? = nil, allowsNonFinite: Bool = false,
    folds: [() throws -> [Network]],
    onFold: ((Tensor) throws -> Void)? = nil, onPatch: () -> Void
  ) throws -> Tensor {
    let band = band(isWhole: true)
    try fill(
      band, input, previous: previous, allowsNonFinite: allowsNonFinite, folds: folds,
      onFold: onFold, onPatch: onPatch)
    return band.scores
  }

  /// Fills a band from the first plane to the last, with each fold's network in turn.
  ///
  /// - Parameters:
  ///   - band: as `band` makes it; whole where there are several folds, or `onFold`.
  ///   - input: the images, `(c, z, y, x)`.
  ///   - previous: in a cascade, the labels of the stage before, whose channels follow.
  ///   - allowsNonFinite: whether the input may hold values that are no numbers. A network with instance
  ///     normalisation makes of each patch that has one nothing but NaN, and so does this.
  ///   - folds: makes the network of each fold, or several replicas that divide the patches among them:
  ///     the result is the same to the byte. Called once a fold, one fold's networks alive at a time.
  ///   - onFold: is given what each fold says by itself, of the shape of the result; valid during the
  ///     call. Costs as much memory as the result, and changes nothing in it.
  ///   - onPatch: called after each run of a network, one call at a time.
  ///   - onDone: called before planes that are done make room, with threads that are free for it. The last ones wait in
  ///     the band.
  /// - Throws: what a fold's weights throw; `non-finite` when the network overflows; what `onFold` and `onDone` throw.
  func fill(
    _ band: ScoreBand, _ input: Tensor, previous: PreviousLabels? = nil,
    allowsNonFinite: Bool = false, folds: [() throws -> [Network]],
    onFold: ((Tensor) throws -> Void)? = nil, onPatch: () -> Void,
    onDone: (ScoreBand, Threads) throws -> Void = { _, _ in }
  ) throws {
    precondition(
      band.isWhole || folds.count == 1 && onFold == nil && band.axis == axis,
      "a fold needs all planes, and tiles come in the order of the band")
    let classes = model.architecture.outputChannels
    let own = onFold == nil ? nil : ScoreBand(classes: classes, volume: grid.volume)
    let total = Tensor([classes] + model.patch)
    let looksForNonFinite = allowsNonFinite && !input.isFinite
    let times = folds.count * passes.count
    for makeNetworks in folds {
      let networks = try makeNetworks()
      let held = Self.scoresHeld(
        model, networks: networks.count, passes: passes.count, comparesFolds: onFold != nil)
      let addsAtOnce = held == 0 && !looksForNonFinite
      let runners = zip(networks, threads.shares(networks.count)).map {
        PatchRunner(
          $0, model, grid, of: input, previous: previous,
          // Alone it can add to the total as it goes.
          keepsScores: held > 1 || looksForNonFinite,
          looksForNonFinite: looksForNonFinite, threads: $1)
      }
      let failure = Mutex<(any Error)?>(nil)
      var hasFailed: Bool { failure.withLock { $0 != nil } }
      func makeRoom(for tile: Int, _ threads: Threads) {
        do {
          try self.makeRoom(
            for: tile, in: band, times: times, looksForNonFinite, threads, onDone)
        } catch { failure.withLock { $0 = error } }
      }
      inOrder(patchesPerFold, workers: runners.count) { number, worker in
        guard !hasFailed else { return }
        let (tile, pass) = number.quotientAndRemainder(dividingBy: passes.count)
        if addsAtOnce {
          makeRoom(for: tile, runners[worker].threads)
          guard !hasFailed else { return }
          runners[worker].run(tile, addingTo: band.place(at: grid.origin(tile), weights: weights))
        } else {
          runners[worker].run(tile, mirror: passes[pass], isFirst: pass == 0, into: total)
        }
      } take: { number, worker in
        guard !hasFailed else { return }
        guard !addsAtOnce else { return onPatch() }
        let (tile, pass) = number.quotientAndRemainder(dividingBy: passes.count)
        let runner = runners[worker]
        runner.addScores(to: total, isFirst: pass == 0)
        onPatch()
        guard pass == passes.count - 1 else { return }
        makeRoom(for: tile, runner.threads)
        guard !hasFailed else { return }
        for band in [band, own].compactMap(\.self) {
          band.place(at: grid.origin(tile), weights: weights).add(total, threads: runner.threads)
        }
      }
      if let error = failure.withLock({ $0 }) { throw error }
      if let own, let onFold {
        try finish(own, before: grid.volume[0], times: passes.count, looksForNonFinite, threads)
        try onFold(own.scores)
        clear(own.scores)
        own.done = 0
      }
    }
    try finish(band, before: grid.volume[band.axis], times: times, looksForNonFinite, threads)
  }

  /// Gives away planes that are done where a tile reaches beyond those that are held.
  private func makeRoom(
    for tile: Int, in band: ScoreBand, times count: Int, _ allowsNonFinite: Bool,
    _ threads: Threads, _ onDone: (ScoreBand, Threads) throws -> Void
  ) throws {
    let start = grid.origin(tile)[band.axis]
    let end = min(start + grid.patch[band.axis], grid.volume[band.axis])
    guard end > band.first + band.count else { return }
    try finish(band, before: start, times: count, allowsNonFinite, threads)
    try onDone(band, threads)
    band.move(to: start - 1, threads: threads)
  }

  private func clear(_ tensor: Tensor) {
    threads.forEachBlock(of: tensor.count) { block in
      tensor.withMutableSpan { for index in block { $0[index] = 0 } }
    }
  }

  /// Divides each voxel of a sum over tiles by what the importance of its tiles adds up to.
  ///
  /// - Parameters:
  ///   - end: the first plane that is not done.
  ///   - count: how often each tile was added.
  /// - Throws: `non-finite`.
  private func finish(
    _ band: ScoreBand, before end: Int, times count: Int, _ allowsNonFinite: Bool,
    _ threads: Threads
  ) throws {
    let (volume, held, start) = (grid.volume, band.scores.shape, band.start)
    let done = band.done..<end
    let zs = band.axis == 0 ? done : 0..<volume[0]
    let rows = band.axis == 0 ? 0..<volume[1] : done
    let voxels = rows.count * volume[2]
    let planes = (0..<threads.count).map { _ in Tensor([rows.count, volume[2]]) }
    let finite = Tensor([zs.count])
    threads.forEach(zs.count) { number, worker in
      let z = zs.lowerBound + number
      addWeights(z: z, rows, times: Float(count), to: planes[worker])
      var isFinite = true
      planes[worker].withSpan { weights in
        band.scores.withMutableSpan { target in
          for channel in 0..<held[0] {
            let row = (channel * held[1] + z - start.z) * held[2] + rows.lowerBound - start.y
            let first = row * volume[2]
            for index in 0..<voxels {
              let value = target[first + index] / weights[index]
              target[first + index] = value
              isFinite = isFinite && value.isFinite
            }
          }
        }
      }
      finite.withMutableSpan { $0[number] = isFinite ? 1 : 0 }
    }
    guard allowsNonFinite || finite.values.allSatisfy({ $0 == 1 }) else {
      throw NNXError(
        .nonFinite, "the network's output is not finite",
        fixes: ["Check the weights with: nnx verify", "Look for absurd values in the image"])
    }
    band.done = end
  }
}

extension SlidingWindow {
  /// The sum of the importance of all tiles in some rows of one plane of the volume, `(y, x)`, times `count`: made a plane
  /// at a time, for a volume of it would be as large as an image.
  private func addWeights(z: Int, _ rows: Range<Int>, times count: Float, to plane: Tensor) {
    let (volume, patch) = (grid.volume, grid.patch)
    weights.withSpan { weights in
      plane.withMutableSpan { target in
        for index in target.indices { target[index] = 0 }
        for origin in grid.origins(inPlane: z) {
          let inside = grid.inside(origin)
          for y in inside[1].clamped(to: rows) {
            let from = ((z - origin[0]) * patch[1] + y - origin[1]) * patch[2] - origin[2]
            let to = (y - rows.lowerBound) * volume[2]
            for x in inside[2] { target[to + x] += weights[from + x] }
          }
        }
        for index in target.indices { target[index] *= count }
      }
    }
  }
}

extension NNXError.Code {
  static let nonFinite = NNXError.Code("non-finite", .data)
}
