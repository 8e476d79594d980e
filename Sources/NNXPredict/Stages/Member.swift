import NNXImage
import NNXModel
import NNXSystem
import NNXTensor

/// What predicts: a configuration, with the one before it when it is the second stage of a cascade.
struct Member {
  private enum Previous {
    case none
    /// The first stage, run before.
    case stage(Stage)
    /// The first stage's segmentations, made before.
    case files(PreviousFiles)
  }

  let stage: Stage
  private let previous: Previous

  var model: ModelDescription { stage.model }

  /// The stage before, where it is predicted and not given.
  var firstStage: Stage? {
    guard case .stage(let first) = previous else { return nil }
    return first
  }

  /// Lines about folds that the fast kernels are not exact enough for.
  var kernelWarnings: [String] {
    (firstStage?.kernelWarnings ?? []) + stage.kernelWarnings
  }

  /// - Parameter previousFiles: folder or file with the first stage's segmentations.
  /// - Throws: `unknown-fold`, `unknown-checkpoint`, `unsupported-network`; `previous-stage` when the
  ///   first stage is neither installed nor given, or given for nothing.
  init(
    folder: ModelFolder, entry: ModelFolder.Entry, folds: [String]?, checkpoint: String?,
    previousFiles: String?, window: SlidingWindow.Settings, threads: Threads
  ) throws(NNXError) {
    func stage(_ entry: ModelFolder.Entry) throws(NNXError) -> Stage {
      try Stage(
        folder: folder, entry: entry, folds: folds, checkpoint: checkpoint, window: window,
        threads: threads)
    }
    self.stage = try stage(entry)
    let model = entry.description
    guard let name = model.previousStage else {
      guard previousFiles == nil else {
        throw NNXError(
          .usage, "\(model.configuration) has no stage before it",
          fixes: ["Leave out --previous-stage"])
      }
      previous = .none
      return
    }
    if let previousFiles {
      previous = .files(try PreviousFiles(previousFiles, model))
      return
    }
    guard let first = try folder.previous(of: model) else {
      throw NNXError(
        .previousStage, "\(model.configuration) needs the segmentation of \(name) first",
        details: ["\(name) is not part of the installed model."],
        fixes: [
          "Give its segmentation: --previous-stage FILE, or a folder for several cases",
          "Or predict with another configuration: -c 3d_fullres",
        ])
    }
    previous = .stage(try stage(first))
  }

  /// See `Stage.chooseKernels(by:)`.
  func chooseKernels(by checks: KernelChecks) throws(NNXError) {
    try firstStage?.chooseKernels(by: checks)
    try stage.chooseKernels(by: checks)
  }

  /// Labels of the stage before on the images' grid; `nil` when there is no such stage.
  ///
  /// - Parameter item: the case that `images` belong to.
  func previousLabels(
    _ images: [Image], _ item: Case, _ progress: ProgressHandler
  ) throws -> LabelMap? {
    switch previous {
    case .none: nil
    case .stage(let first): try first.labels(images, previous: nil, progress)
    case .files(let files): try files.labels(item, like: images[0])
    }
  }

  /// Files of the first stage that are read for a case, if they were made before.
  func previousFiles(of item: Case) -> [String] {
    guard case .files(let files) = previous else { return [] }
    return [try? files.path(of: item)].compactMap(\.self)
  }

  /// What the run record says of it.
  ///
  /// - Parameter item: the case that was predicted.
  func record(_ item: Case) -> OrderedJSON {
    var members = stage.record.members ?? []
    switch previous {
    case .none: break
    case .stage(let first): members.append(.init("previousStage", first.record))
    case .files(let files):
      let path = try? files.path(of: item)
      members += [
        .init("previousStage", OrderedJSON(path)),
        .init(
          "previousStageSha256", OrderedJSON(path.flatMap { try? Digest.ofFile($0, .sha256) })),
      ]
    }
    return .object(members)
  }
}

extension NNXError.Code {
  package static let previousStage = NNXError.Code("previous-stage", .notFound)
}
