import NNXImage
import NNXModel
import NNXNetwork
import NNXSystem
import NNXTensor

/// One configuration of a model with the folds to average: from images to scores, without files.
struct Stage {
  let folder: ModelFolder
  let model: ModelDescription
  private(set) var folds: [ModelFolder.Fold]
  let window: SlidingWindow.Settings
  let threads: Threads
  let choices = StageChoices()

  /// - Parameters:
  ///   - names: of the folds; `nil`: all that have a number, else `all`.
  ///   - checkpoint: which weights of each fold; see `ModelFolder.Entry.folds(from:)`.
  /// - Throws: `unknown-fold`, `unknown-checkpoint`; `usage` for steps below a voxel; `unsupported-network`
  ///   when the model can be installed but not run.
  init(
    folder: ModelFolder, entry: ModelFolder.Entry, folds names: [String]?, checkpoint: String?,
    window: SlidingWindow.Settings, threads: Threads
  ) throws(NNXError) {
    if let reason = entry.unsupported {
      throw NNXError(.unsupportedNetwork, "\(entry.description.configuration): \(reason)")
    }
    self.folder = folder
    self.window = window
    self.threads = threads
    model = entry.description
    let smallest = TileGrid.smallestStep(patch: model.patch, slicewise: model.slicewise)
    guard window.tileStep >= smallest else {
      throw NNXError(
        .usage, "--step-size \(window.tileStep) moves the patch by less than a voxel",
        details: ["The patch of \(model.configuration) has \(model.patch) voxels."],
        fixes: ["Give at least --step-size \((smallest * 1000).rounded(.up) / 1000)"])
    }
    let all = try entry.folds(from: checkpoint)
    // The fold that was trained on all cases is no part of an ensemble, in v1 and v2 alike.
    let numbered = all.filter { $0.name != "all" }
    var chosen = names == nil ? (numbered.isEmpty ? all : numbered) : []
    for name in names ?? [] {
      guard let fold = all.first(where: { $0.name == name }) else {
        let present = all.map(\.name).joined(separator: ", ")
        throw NNXError(
          .unknownFold, "\(model.configuration) has no fold '\(name.excerpt)'",
          fixes: ["Choose from: \(present)"])
      }
      chosen.append(fold)
    }
    folds = chosen
  }

  /// Chooses the kernels for each fold by what is known of them, and measures what is not known.
  ///
  /// - Throws: what reading the weights throws; `missing-library`, `usage`.
  func chooseKernels(by checks: KernelChecks) throws(NNXError) {
    for fold in folds {
      let check = try checks.check(fold, of: folder, model, threads: threads)
      choices[fold.sha256] = check?.choice ?? .fast
    }
  }

  /// A line for each fold whose weights the fast kernels are not exact enough for.
  var kernelWarnings: [String] {
    folds.compactMap { fold in
      let choice = choices[fold.sha256]
      guard choice != .fast else { return nil }
      return
        "\(model.configuration), fold \(fold.name): the fast kernels are not exact enough for these "
        + "weights; \(choice == .direct ? "direct convolutions run" : "the plain engine runs"), slower"
    }
  }

  /// The same with one of the folds.
  func alone(_ fold: ModelFolder.Fold) -> Stage {
    var stage = self
    stage.folds = [fold]
    return stage
  }

  /// Brings images to the model's spacing and intensities.
  ///
  /// - Parameter previous: labels of the stage before, on the images' grid.
  func prepare(
    _ images: [Image], previous: LabelMap?, _ progress: ProgressHandler
  ) throws -> Preprocessor.Result {
    progress(ProgressEvent(.preprocess, "image", 0, of: 1, .steps))
    let prepared = try Preprocessor(model, threads: threads).run(images, previous: previous)
    progress(ProgressEvent(.preprocess, "image", 1, of: 1, .steps))
    return prepared
  }

  /// Logits (v2) or probabilities (v1) on the preprocessed grid, `(classes, z, y, x)`.
  ///
  /// - Parameter onFold: is given the scores of each fold by itself.
  func scores(
    _ prepared: Preprocessor.Result, onFold: ((Tensor) throws -> Void)? = nil,
    _ progress: ProgressHandler
  ) throws -> Tensor {
    let window = SlidingWindow(
      model, volume: Array(prepared.input.shape.dropFirst()), settings: window, threads: threads)
    let total = window.patchesPerFold * folds.count
    var done = 0
    progress(ProgressEvent(.predict, "network", 0, of: total, .patches))
    let replicas = min(choices.replicas, window.patchesPerFold)
    let networks = folds.map { fold in
      { [folder, model, threads, choices] in
        try Network.replicas(
          replicas, model.architecture, weights: folder.weights(fold), patch: model.patch,
          threads: threads, choice: choices[fold.sha256])
      }
    }
    return try window.predict(
      prepared.input, previous: prepared.previous, allowsNonFinite: choices.allowsNonFinite,
      folds: networks,
      onFold: onFold
    ) {
      done += 1
      progress(ProgressEvent(.predict, "network", done, of: total, .patches))
    }
  }

  /// Labels on the images' grid, with v1's post-processing.
  func labels(
    _ images: [Image], previous: LabelMap?, _ progress: ProgressHandler
  ) throws -> LabelMap {
    let prepared = try prepare(images, previous: previous, progress)
    let scores = try scores(prepared, progress)
    let labels = try LabelExport(model, properties: prepared.properties, threads: threads)
      .labels(from: scores, progress: progress)
    labels.apply(model.postprocessing, spacing: images[0].geometry.spacing)
    return labels
  }

  /// What the run record says of it.
  var record: OrderedJSON {
    [
      "configuration": .string(model.configuration), "folds": OrderedJSON(folds.map(\.name)),
      "checkpoints": OrderedJSON(Set(folds.map(\.checkpoint)).sorted()),
      "weightsSha256": OrderedJSON(folds.map(\.sha256)),
      "mirrorAxes": OrderedJSON(window.mirroring ? model.mirrorAxes : []),
    ]
  }
}
