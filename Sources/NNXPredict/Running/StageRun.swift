import NNXImage
import NNXModel
import NNXNetwork
import NNXSystem
import NNXTensor

/// A stage on the images of one case: prepared, scored, brought back as labels.
///
/// The one way from images to labels, for a network by itself, the stages of a cascade, the members of a mean and
/// the folds of a vote.
struct StageRun {
  let stage: Stage
  /// Back to the images' grid.
  let export: LabelExport
  private let prepared: Preprocessor.Result
  private let tools: RunTools

  /// Brings images to the model's spacing and intensities.
  ///
  /// - Parameter previous: labels of the stage before, on the images' grid.
  /// - Throws: what `Preprocessor.run` throws.
  init(_ stage: Stage, _ images: [Image], previous: LabelMap?, _ tools: RunTools) throws {
    (self.stage, self.tools) = (stage, tools)
    tools.progress(ProgressEvent(.preprocess, "image", 0, of: 1, .steps))
    prepared = try Preprocessor(stage.model, threads: tools.besides).run(
      images, previous: previous)
    tools.progress(ProgressEvent(.preprocess, "image", 1, of: 1, .steps))
    export = LabelExport(
      stage.model, properties: prepared.properties, threads: tools.besides,
      rivalWithin: tools.rivalWithin)
  }

  /// What networks gave, not all of it brought to the images' grid yet.
  struct Scored {
    /// As `scores` gives them, where the stage keeps them.
    let scores: Tensor?
    /// Labels on the images' grid, as they are before any rules.
    let labels: () throws -> LabelMap

    /// Those of a stage that keeps them.
    func all() -> Tensor {
      guard let scores else { preconditionFailure("scores that nobody kept") }
      return scores
    }
  }

  /// Runs the networks, and decides on labels as far as scores are not kept.
  ///
  /// - Parameters: as of `scores`.
  func scored(of folds: [ModelFolder.Fold]? = nil, votes: FoldDisagreement? = nil) throws -> Scored
  {
    if stage.keepsScores {
      let scores = try scores(of: folds, votes: votes)
      return Scored(scores: scores) { [export, tools] in
        try export.labels(from: scores, progress: tools.progress)
      }
    }
    let window = window
    let band = window.band(isWhole: false)
    let labels = try export.labels(of: band)
    try fill(band, window, folds ?? stage.folds, onFold: nil) { labels.take($0, $1) }
    return Scored(scores: nil) { [tools] in
      labels.take(band, tools.besides, tools.progress)
      return labels.map
    }
  }

  /// Logits (v2) or probabilities (v1) on the preprocessed grid, `(classes, z, y, x)`.
  ///
  /// - Parameters:
  ///   - folds: to average; `nil`: all of the stage.
  ///   - votes: is given the labels of each fold by itself.
  func scores(of folds: [ModelFolder.Fold]? = nil, votes: FoldDisagreement? = nil) throws -> Tensor
  {
    let window = window
    let band = window.band(isWhole: true)
    let onFold = votes.map { votes in
      { (scores: Tensor) in votes.add(try export.labels(from: scores, progress: { _ in })) }
    }
    try fill(band, window, folds ?? stage.folds, onFold: onFold)
    return band.scores
  }

  private var window: SlidingWindow {
    SlidingWindow(
      stage.model, volume: Array(prepared.input.shape.dropFirst()), settings: stage.window,
      threads: tools.threads)
  }

  private func fill(
    _ band: ScoreBand, _ window: SlidingWindow, _ folds: [ModelFolder.Fold],
    onFold: ((Tensor) throws -> Void)?, onDone: (ScoreBand, Threads) throws -> Void = { _, _ in }
  ) throws {
    let model = stage.model
    let total = window.patchesPerFold * folds.count
    var done = 0
    tools.progress(ProgressEvent(.predict, "network", 0, of: total, .patches))
    let replicas = min(tools.execution.replicas, window.patchesPerFold)
    var taken: [(name: String, networks: [Network])] = []
    defer { for (name, networks) in taken { tools.shelf?.giveBack(name, networks) } }
    let networks = folds.map { fold in
      { [folder = stage.folder, tools] in
        func make(_ count: Int) throws -> [Network] {
          try Network.replicas(
            count, model.architecture,
            weights: tools.weights?.take(fold) ?? folder.weights(fold), patch: model.patch,
            threads: tools.shelf?.threads ?? tools.threads,
            choice: tools.execution.kernels(fold.sha256))
        }
        guard let shelf = tools.shelf else { return try make(replicas) }
        let name = "\(fold.sha256) \(replicas)"
        taken.append((name, try shelf.take(name, replicas, or: make)))
        return taken[taken.count - 1].networks
      }
    }
    try window.fill(
      band, prepared.input, previous: prepared.previous, allowsNonFinite: tools.allowsNonFinite,
      folds: networks, onFold: onFold,
      onPatch: {
        done += 1
        tools.progress(ProgressEvent(.predict, "network", done, of: total, .patches))
      }, onDone: onDone)
    lap("predict")
  }

  /// Labels on the images' grid.
  ///
  /// - Parameters:
  ///   - postprocessed: whether v1's rules follow.
  ///   - onScores: is given the scores, of a stage that keeps them.
  func labels(
    of folds: [ModelFolder.Fold]? = nil, postprocessed: Bool,
    onScores: ((Tensor) throws -> Void)? = nil
  ) throws -> LabelMap {
    let scored = try scored(of: folds)
    try onScores?(scored.all())
    let labels = try scored.labels()
    if postprocessed {
      labels.apply(stage.model.postprocessing, spacing: prepared.properties.spacing)
    }
    lap("export")
    return labels
  }

  /// Notes the time of a part; a cascade's first stage is one part.
  func lap(_ part: String) { tools.watch.lap(stage.isFirst ? "previous stage" : part) }
}

/// What all stages of a case's run share.
struct RunTools {
  let threads: Threads
  /// For the work before and after the networks.
  let besides: Threads
  let execution: Execution
  /// Whether images may hold voxels that are no numbers.
  let allowsNonFinite: Bool
  let watch: Stopwatch
  let progress: ProgressHandler
  /// Told of each image that a recipe prepares, for checks.
  var prepared: ((_ step: String, Image) throws -> Void)?
  /// See `Decision`.
  var rivalWithin: Float?
  /// Whether probabilities of canal and cord are wanted.
  var softMaps = false
  /// Whether a voxel for each disc is wanted.
  var spineLevels = false
  /// Names of discs of a former run on a grid.
  var localizer: ((Geometry) throws -> LabelMap)?
  /// Where networks stay for the next case.
  var shelf: NetworkShelf?
  /// Those of the first network.
  var weights: WeightsAhead?
}
