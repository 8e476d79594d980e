import NNXSystem
import Synchronization

/// Published models to native ones.
package enum ModelConversion {
  /// Converts every fold of every model into `folder`: `weights/<configuration>/fold_<name>.safetensors`
  /// (with trainer and plans where several models have one configuration) and `model.json`.
  ///
  /// Several folds at a time. Sends `.convert` events that count bytes of weights.
  ///
  /// - Parameters:
  ///   - models: as `ResultsFolder` found them, of one dataset.
  ///   - kept: entries whose folds are converted already; their weights lie in `folder`. Their
  ///     description holds for further folds.
  /// - Throws: `unsupported-network` when nnx can run none of them; `unsafe-pickle`,
  ///   `invalid-checkpoint`, `invalid-model`; `no-space`, `cannot-write`, `unreadable`.
  package static func convert(
    _ models: [PublishedModel], into folder: String, keeping kept: [ModelFolder.Entry] = [],
    progress: ProgressHandler
  ) throws(NNXError) -> ModelFolder {
    guard Set(models.map(\.fullName)).count == models.count, !models.isEmpty || !kept.isEmpty
    else {
      throw NNXError(
        .invalidModel, "the folder holds a model several times",
        details: models.map { "\($0.fullName)  \($0.folder)" },
        fixes: ["Install one of its folders by itself"])
    }
    // The tree is kept for nnU-Net's own commands, so what nnx does not convert is read as well.
    for model in models { try model.vet(except: Set(model.folds.map(\.checkpoint))) }
    do throws(NNXError) {
      return try convertAll(models, into: folder, keeping: kept, progress)
    } catch {
      if error.code == .unsupportedNetwork { for model in models { try model.vet() } }
      throw error
    }
  }

  private static func convertAll(
    _ models: [PublishedModel], into folder: String, keeping kept: [ModelFolder.Entry],
    _ progress: ProgressHandler
  ) throws(NNXError) -> ModelFolder {
    // All descriptions first: whether the models can be run is known before anything is written.
    var entries = kept
    var jobs: [Job] = []
    var refused: [RefusedConfiguration] = []
    for model in models {
      let index: Int
      let isOneOfSeveral = model.sharesConfiguration(with: models)
      if let known = entries.firstIndex(where: {
        $0.description.configuration == model.configuration
          && (!isOneOfSeveral
            || $0.description.trainer == model.trainer && $0.description.plans == model.plans)
      }) {
        index = known
      } else {
        do throws(NNXError) {
          var description = try model.description()
          // Where names tell models apart, they are those of the folders, which nnU-Net goes by.
          if isOneOfSeveral {
            (description.trainer, description.plans) = (model.trainer, model.plans)
          }
          entries.append(ModelFolder.Entry(description: description, folds: []))
        } catch {
          guard error.code == .unsupportedNetwork else { throw error }
          refused.append(
            RefusedConfiguration(
              configuration: model.configuration, trainer: model.trainer, plans: model.plans,
              reason: error))
          continue
        }
        index = entries.count - 1
      }
      let entry = entries[index]
      func add(_ fold: PublishedModel.Fold, unlessIn done: [ModelFolder.Fold], suffix: String) {
        guard
          !done.contains(where: { $0.name == fold.name && $0.checkpoint == fold.checkpointName })
        else { return }
        jobs.append(
          Job(
            entry: index, fold: fold, model: model, description: entry.description,
            folder: "weights/"
              + (isOneOfSeveral ? model.fullName : model.configuration), suffix: suffix))
      }
      for fold in model.folds {
        add(fold, unlessIn: entry.folds, suffix: "")
        for other in fold.alternatives {
          add(other, unlessIn: entry.alternatives, suffix: "." + other.stem)
        }
      }
      try Folder.create(
        "\(folder)/weights/" + (isOneOfSeveral ? model.fullName : model.configuration))
    }
    if entries.isEmpty, let first = refused.first { throw first.reason }
    let done = try convert(jobs, into: folder, progress)
    for (job, fold) in zip(jobs, done) {
      if job.suffix.isEmpty {
        entries[job.entry].folds.append(fold)
      } else {
        entries[job.entry].alternatives.append(fold)
      }
    }
    for index in entries.indices {
      entries[index].folds.sort { FoldName($0.name) < FoldName($1.name) }
    }
    let result = ModelFolder(
      path: folder, entries: entries,
      recommendation: try InferenceInformation.recommendation(
        for: models.filter { model in !refused.contains { $0.isOf(model) } }), refused: refused)
    try result.write()
    return result
  }

  /// One fold to convert.
  private struct Job {
    /// Index of the entry that it belongs to.
    var entry: Int
    var fold: PublishedModel.Fold
    var model: PublishedModel
    var description: ModelDescription
    /// For the weights file, below that of the model.
    var folder: String
    /// Of the file's name, for weights of another checkpoint than the best.
    var suffix = ""
  }

  private static func convert(
    _ jobs: [Job], into folder: String, _ progress: ProgressHandler
  ) throws(NNXError) -> [ModelFolder.Fold] {
    let folds = Mutex<[ModelFolder.Fold?]>(Array(repeating: nil, count: jobs.count))
    let done = Mutex(0)
    let total = jobs.reduce(0) { $0 + 4 * $1.description.architecture.parameterCount }
    let item = "fold " + jobs.map(\.fold.name).joined(separator: " ")
    try Parallel.forEach(jobs.count) { (index) throws(NNXError) in
      let fold = try convert(jobs[index], into: folder) { count in
        done.withLock { done in
          done += 4 * count
          progress(ProgressEvent(.convert, item, done, of: total, .bytes))
        }
      }
      folds.withLock { $0[index] = fold }
    }
    return folds.withLock { $0.compactMap(\.self) }
  }

  private static func convert(
    _ job: Job, into folder: String, _ onWeights: (Int) -> Void
  ) throws(NNXError) -> ModelFolder.Fold {
    let (fold, description) = (job.fold, job.description)
    let checkpoint = try Checkpoint("\(job.model.root)/\(fold.checkpoint)")
    let weights = try PublishedWeights(checkpoint, for: description)
    let path = "\(job.folder)/fold_\(fold.name)\(job.suffix).safetensors"
    let writer = try WeightsWriter(
      "\(folder)/\(path)", parameters: weights.parameters,
      notes: [
        ("dataset", description.dataset), ("trainer", description.trainer),
        ("plans", description.plans), ("configuration", description.configuration),
        ("fold", fold.name), ("checkpoint", fold.checkpointName),
      ])
    for parameter in weights.parameters {
      let values = try weights.values(parameter)
      try writer.append(parameter.name, values.span)
      onWeights(values.count)
    }
    return ModelFolder.Fold(
      name: fold.name, checkpoint: fold.checkpointName, weights: path,
      sha256: try writer.commit(), parameters: description.architecture.parameterCount)
  }
}

extension PublishedModel.Fold {
  /// `checkpoint_best` of `checkpoint_best.pth`.
  fileprivate var stem: String { String(checkpointName.prefix { $0 != "." }) }
}
