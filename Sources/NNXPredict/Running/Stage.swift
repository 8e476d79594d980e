import NNXModel
import NNXSystem

/// One configuration of a model with the folds to average, and its part in the prediction of a case.
///
/// Nothing is added once it is made. Predicting and its forecast read the same stages
/// (`Predictor.stages`), so that what is told of memory is what is held.
struct Stage {
  /// The labels that a network sees beside the images.
  indirect enum Previous {
    case none
    /// Of a cascade's first stage, run before.
    case stage(Stage)
    /// Of a cascade's first stage, made before.
    case files(PreviousFiles)
  }

  /// What becomes of the probabilities of a network that is one of several.
  enum Mean {
    case none
    /// They are the first of a mean: it begins when they are exported.
    case begins
    /// They are added to a mean that exists while the network runs; of a cascade's first stage, the second's
    /// are.
    case goesOn
  }

  /// What lies in memory beside a stage.
  struct Part: Equatable {
    /// Whether the images stay for a network after it.
    var keepsImages = false
    /// Whether the labels of each fold are compared with those of the others.
    var comparesFolds = false
    var mean = Mean.none
    /// mm along the patient's axes, `(z, y, x)`, of the prepared image that it runs on.
    var spacing: [Double]?
  }

  let folder: ModelFolder
  let model: ModelDescription
  let folds: [ModelFolder.Fold]
  let window: SlidingWindow.Settings
  let previous: Previous
  /// Whether its labels are what the second stage of a cascade sees.
  let isFirst: Bool
  /// Whether scores of the whole volume are held until all patches are through: for several folds or ones that are
  /// compared, for means, probabilities and soft maps, and for resampling that looks at all of them. Else those that a row
  /// of tiles reaches are.
  let keepsScores: Bool
  /// Whether its probabilities are written.
  let savesProbabilities: Bool
  var part: Part

  /// - Throws: `unknown-fold`, `unknown-checkpoint`; `usage` for steps below a voxel; `unsupported-network`
  ///   when the model can be installed but not run; `previous-stage` when a cascade's first stage is
  ///   neither installed nor given, or given for nothing.
  init(
    _ choice: Predictor.Choice, _ options: Predictor.Options, _ part: Part
  ) throws(NNXError) {
    try self.init(choice, options, part, isFirst: false)
  }

  private init(
    _ choice: Predictor.Choice, _ options: Predictor.Options, _ part: Part, isFirst: Bool
  ) throws(NNXError) {
    let model = choice.entry.description
    if let reason = choice.entry.unsupported {
      throw NNXError(.unsupportedNetwork, "\(model.configuration): \(reason)")
    }
    (folder, self.model, self.part, self.isFirst) = (choice.folder, model, part, isFirst)
    var window = options.window
    window.mirroring = window.mirroring && choice.mirroring
    if let step = choice.tileStep { window.tileStep = step }
    try window.check(model)
    self.window = window
    let preferred = choice.checkpoint.flatMap {
      try? Stage.folds(choice.folds, of: choice.entry, from: $0)
    }
    folds =
      try options.checkpoint == nil && preferred != nil
      ? preferred ?? [] : Stage.folds(choice.folds, of: choice.entry, from: options.checkpoint)
    savesProbabilities = options.savesProbabilities && !isFirst
    keepsScores =
      folds.count > 1 || part.comparesFolds || !model.exportResampling.isLinear
      || savesProbabilities || !isFirst && (part.mean != .none || options.softMaps)
    previous = isFirst ? .none : try Stage.previous(choice, options, part)
  }

  /// - Parameters:
  ///   - names: of the folds; `nil`: all that have a number, else `all`.
  ///   - checkpoint: which weights of each fold; see `ModelFolder.Entry.folds(from:)`.
  private static func folds(
    _ names: [String]?, of entry: ModelFolder.Entry, from checkpoint: String?
  ) throws(NNXError) -> [ModelFolder.Fold] {
    let all = try entry.folds(from: checkpoint)
    guard let names else {
      // The fold that was trained on all cases is no part of an ensemble, in v1 and v2 alike.
      let numbered = all.filter { $0.name != "all" }
      return numbered.isEmpty ? all : numbered
    }
    return try names.map { (name) throws(NNXError) in
      guard let fold = all.first(where: { $0.name == name }) else {
        let present = all.map(\.name).joined(separator: ", ")
        throw NNXError(
          .unknownFold, "\(entry.description.configuration) has no fold '\(name.excerpt)'",
          fixes: ["Choose from: \(present)"])
      }
      return fold
    }
  }

  private static func previous(
    _ choice: Predictor.Choice, _ options: Predictor.Options, _ part: Part
  ) throws(NNXError) -> Previous {
    let model = choice.entry.description
    guard let name = model.previousStage else {
      guard options.previousStage == nil else {
        throw NNXError(
          .usage, "\(model.configuration) has no stage before it",
          fixes: ["Leave out --previous-stage"])
      }
      return .none
    }
    if let place = options.previousStage { return .files(try PreviousFiles(place, model)) }
    guard let first = try choice.folder.previous(of: model) else {
      throw NNXError(
        .previousStage, "\(model.configuration) needs the segmentation of \(name) first",
        details: ["\(name) is not part of the installed model."],
        fixes: [
          "Give its segmentation: --previous-stage FILE, or a folder for several cases",
          "Or predict with another configuration: -c 3d_fullres",
        ])
    }
    var own = choice
    own.entry = first
    let beside = Part(keepsImages: true, mean: part.mean == .goesOn ? .goesOn : .none)
    return .stage(try Stage(own, options, beside, isFirst: true))
  }

  /// The networks that run for it, in their order: a cascade's first stage before the second.
  var withPrevious: [Stage] {
    guard case .stage(let first) = previous else { return [self] }
    return [first, self]
  }

  /// Files of the first stage that are read for a case, if they were made before.
  func previousFiles(of item: Case) -> [String] {
    guard case .files(let files) = previous else { return [] }
    return [try? files.path(of: item)].compactMap(\.self)
  }
}

extension NNXError.Code {
  static let unknownFold = NNXError.Code("unknown-fold", .usage)
  static let previousStage = NNXError.Code("previous-stage", .notFound)
}
