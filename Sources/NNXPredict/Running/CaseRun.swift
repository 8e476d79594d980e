import NNXImage
import NNXModel
import NNXSystem
import NNXTensor

/// The stages of one case, one after the other.
struct CaseRun {
  /// What a run gives.
  struct Outcome {
    /// On the images' grid.
    let labels: LabelMap
    /// Whether nothing was found to cut the image to, so that no network ran on a part of it.
    var isEmpty = false
    /// Probabilities on the images' grid, `(z, y, x)`, by the file that they become.
    var soft: [(kind: ResultFile, map: Tensor)] = []
    /// A voxel for each disc of a spine, where it is wanted, and discs that are not counted.
    var levels: (points: LabelMap, missing: [Int])?
    /// The labels of each fold, where they are compared.
    var votes: FoldDisagreement?
    /// Writes the probabilities behind the labels, as far as there are any.
    var writeProbabilities: (_ path: String) throws -> Void = { _ in }
  }

  /// Emptied as soon as no stage needs them any more: there may be gigabytes.
  private(set) var images: [Image]
  let tools: RunTools
  private let item: Case
  private var rest: ArraySlice<Stage>
  /// The first stage that runs, where it was prepared before its turn.
  private var ahead: StageRun?

  /// - Parameter members: the stages that give scores; each runs the stage before it.
  init(_ item: Case, _ images: [Image], _ members: [Stage], _ tools: RunTools) {
    (self.item, self.images, self.tools) = (item, images, tools)
    rest = members[...]
  }

  /// Prepares the first stage that runs, which needs no network for that.
  ///
  /// - Throws: as `next`.
  mutating func prepare() throws {
    guard let first = rest.first?.withPrevious.first else { return }
    ahead = try begin(first)
  }

  /// Prepares the next of the members, after the stage before it.
  ///
  /// - Throws: what reading the labels of a stage before throws; what running throws.
  mutating func next() throws -> StageRun {
    guard let stage = rest.popFirst() else { preconditionFailure("no stage is left") }
    return try begin(stage)
  }

  /// Runs the next of the members on other images than the given ones, one after the other: the parts of one.
  ///
  /// - Parameter onScores: is given the scores of each, and what brings them back.
  /// - Returns: the labels of each.
  mutating func labels(
    on parts: [[Image]], postprocessed: Bool,
    onScores: ((LabelExport, Tensor) throws -> Void)? = nil
  ) throws -> [LabelMap] {
    guard let stage = rest.popFirst() else { preconditionFailure("no stage is left") }
    return try parts.map { images in
      let run = try StageRun(stage, images, previous: nil, tools)
      run.lap("preprocess")
      return try run.labels(
        postprocessed: postprocessed,
        onScores: onScores.map { tell in { try tell(run.export, $0) } }
      )
    }
  }

  /// Gives back the memory of the images, which nobody needs any more.
  mutating func releaseImages() { images = [] }

  private mutating func begin(_ stage: Stage) throws -> StageRun {
    if let ahead, stage.withPrevious.count == 1 {
      self.ahead = nil
      return ahead
    }
    let previous: LabelMap?
    switch stage.previous {
    case .none: previous = nil
    case .stage(let first): previous = try begin(first).labels(postprocessed: true)
    case .files(let files):
      previous = try files.labels(item, like: images[0])
      tools.watch.lap("previous stage")
    }
    let run = try StageRun(stage, images, previous: previous, tools)
    if !stage.part.keepsImages { images = [] }
    run.lap("preprocess")
    return run
  }

  /// nnU-Net's own labels: of the one member, or of the mean of their probabilities.
  ///
  /// - Returns: what is left to do when all networks have run.
  mutating func outcome() throws -> () throws -> Outcome {
    let (threads, count) = (tools.threads, rest.count)
    let votes =
      rest.contains(where: \.part.comparesFolds) ? FoldDisagreement(threads: threads) : nil
    var mean: Tensor?
    var order: [Int]?
    while !rest.isEmpty {
      let run = try next()
      let export = run.export
      let scored = try run.scored(votes: votes)
      switch run.stage.part.mean {
      case .none:
        return {
          // What was needed for labels alone goes with them.
          Outcome(labels: try scored.labels(), votes: votes) { [scores = scored.scores] in
            guard let scores else { preconditionFailure("scores that nobody kept") }
            try export.writeProbabilities(scores, to: $0)
          }
        }
      case .begins:
        order = run.stage.model.labels.regionsClassOrder
        mean = try export.probabilities(from: scored.all())
      case .goesOn:
        guard let mean else { preconditionFailure("a mean that nobody began") }
        try export.addProbabilities(of: scored.all(), to: mean)
      }
      run.lap("export")
    }
    guard let mean else { preconditionFailure("no stage") }
    return { [besides = tools.besides] in
      Ensemble.divide(mean, by: count, threads: besides)
      return Outcome(
        labels: LabelMap(probabilities: mean, regionsClassOrder: order, threads: besides),
        votes: votes
      ) {
        try writeNPZ(mean, to: $0, threads: besides)
      }
    }
  }
}
