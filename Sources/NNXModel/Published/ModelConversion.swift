import NNXSystem

/// Published models to native ones.
package enum ModelConversion {
  /// Converts every fold of every model into `folder`: `weights/<configuration>/fold_<name>.safetensors`
  /// and `model.json`.
  ///
  /// Sends `.convert` events that count bytes of weights.
  ///
  /// - Parameter models: as `ResultsFolder` found them, of one dataset.
  /// - Throws: `unsupported-network` when nnx can run none of them; `unsafe-pickle`,
  ///   `invalid-checkpoint`, `invalid-model`; `no-space`, `cannot-write`, `unreadable`.
  package static func convert(
    _ models: [PublishedModel], into folder: String, progress: ProgressHandler
  ) throws(NNXError) -> ModelFolder {
    let configurations = models.map(\.configuration)
    guard !models.isEmpty, Set(configurations).count == models.count else {
      throw NNXError(
        .invalidModel, "the folder holds several models of one configuration",
        details: models.map { "\($0.configuration)  \($0.folder)" },
        fixes: ["Install one of its folders by itself"])
    }
    // The tree is kept for nnU-Net's own commands, so what nnx does not convert is read as well.
    for model in models { try model.vet(except: Set(model.folds.map(\.checkpoint))) }
    do throws(NNXError) {
      return try convertAll(models, into: folder, progress)
    } catch {
      if error.code == .unsupportedNetwork { for model in models { try model.vet() } }
      throw error
    }
  }

  private static func convertAll(
    _ models: [PublishedModel], into folder: String, _ progress: ProgressHandler
  ) throws(NNXError) -> ModelFolder {
    // All descriptions first: whether the models can be run is known before anything is written.
    var entries: [ModelFolder.Entry] = []
    var runnable: [PublishedModel] = []
    var refused: [RefusedConfiguration] = []
    for model in models {
      do throws(NNXError) {
        entries.append(ModelFolder.Entry(description: try model.description(), folds: []))
        runnable.append(model)
      } catch {
        guard error.code == .unsupportedNetwork else { throw error }
        refused.append(RefusedConfiguration(configuration: model.configuration, reason: error))
      }
    }
    if runnable.isEmpty, let first = refused.first { throw first.reason }
    for (index, model) in runnable.enumerated() {
      let description = entries[index].description
      for fold in model.folds {
        entries[index].folds.append(
          try convert(fold, of: model, description, into: folder, progress))
        for other in fold.alternatives {
          entries[index].alternatives.append(
            try convert(
              other, of: model, description, into: folder, suffix: "." + other.stem, progress))
        }
      }
    }
    let result = ModelFolder(
      path: folder, entries: entries,
      recommendation: try InferenceInformation.recommendation(for: runnable), refused: refused)
    try result.write()
    return result
  }

  private static func convert(
    _ fold: PublishedModel.Fold, of model: PublishedModel, _ description: ModelDescription,
    into folder: String, suffix: String = "", _ progress: ProgressHandler
  ) throws(NNXError) -> ModelFolder.Fold {
    let checkpoint = try Checkpoint("\(model.root)/\(fold.checkpoint)")
    let weights = try PublishedWeights(checkpoint, for: description)
    let subfolder = "weights/\(model.configuration)"
    try Folder.create("\(folder)/\(subfolder)")
    let path = "\(subfolder)/fold_\(fold.name)\(suffix).safetensors"
    let writer = try WeightsWriter(
      "\(folder)/\(path)", parameters: weights.parameters,
      notes: [
        ("dataset", description.dataset), ("trainer", description.trainer),
        ("plans", description.plans), ("configuration", description.configuration),
        ("fold", fold.name), ("checkpoint", fold.checkpointName),
      ])
    let total = description.architecture.parameterCount
    let item = "\(model.configuration) fold \(fold.name)"
    var done = 0
    progress(ProgressEvent(.convert, item, 0, of: 4 * total, .bytes))
    for parameter in weights.parameters {
      let values = try weights.values(parameter)
      try writer.append(parameter.name, values.span)
      done += values.count
      progress(ProgressEvent(.convert, item, 4 * done, of: 4 * total, .bytes))
    }
    return ModelFolder.Fold(
      name: fold.name, checkpoint: fold.checkpointName, weights: path,
      sha256: try writer.commit(), parameters: total)
  }
}

extension PublishedModel.Fold {
  /// `checkpoint_best` of `checkpoint_best.pth`.
  fileprivate var stem: String { String(checkpointName.prefix { $0 != "." }) }
}
