import NNXSystem

/// A model as someone published it: a folder of nnU-Net with plans and checkpoints.
package struct PublishedModel: Equatable, Sendable {
  package struct Fold: Equatable, Sendable {
    /// `0` to `4`, or `all`.
    package var name: String
    /// Path of the checkpoint, relative to `root`.
    package var checkpoint: String
    /// Paths of further checkpoints of the fold.
    package var others: [String]

    package init(name: String, checkpoint: String, others: [String] = []) {
      self.name = name
      self.checkpoint = checkpoint
      self.others = others
    }

    /// The same fold from each of its other checkpoints.
    var alternatives: [Fold] { others.map { Fold(name: name, checkpoint: $0) } }

    /// File name of the checkpoint.
    package var checkpointName: String {
      String(checkpoint.split(separator: "/").last ?? "")
    }
  }

  package var generation: ModelDescription.Generation
  /// The unpacked folder that was searched.
  package var root: String
  /// The model's folder, relative to `root`; empty when it is `root` itself.
  package var folder: String
  /// `Dataset006_Liver` or `Task773_Liver`.
  package var dataset: String
  package var trainer: String
  package var plans: String
  package var configuration: String
  /// Sorted by name.
  package var folds: [Fold]
  /// Every file of the model's folder, relative to it, sorted.
  package var files: [String]
  /// Files of the folder above that concern several models: `inference_information.json` and what lies
  /// in `ensembles`; relative to that folder.
  package var datasetFiles: [String] = []

  /// Where nnU-Net looks for this model, relative to its results folders:
  /// `nnUNet_results/<dataset>/<trainer>__<plans>__<configuration>` for v2,
  /// `nnUNet/<configuration>/<dataset>/<trainer>__<plans>` for v1.
  package var canonicalPath: String {
    switch generation {
    case .v1: "nnUNet/\(configuration)/\(dataset)/\(trainer)__\(plans)"
    case .v2: "nnUNet_results/\(dataset)/\(trainer)__\(plans)__\(configuration)"
    }
  }

  /// `nnUNetTrainer__nnUNetPlans__3d_fullres`: what tells a model from the others of its dataset.
  var fullName: String { "\(trainer)__\(plans)__\(configuration)" }

  /// Whether one of the models differs from this one in trainer or plans alone.
  func sharesConfiguration(with models: [PublishedModel]) -> Bool {
    models.contains { $0.configuration == configuration && $0.fullName != fullName }
  }

  private func path(_ name: String) -> String {
    folder.isEmpty ? "\(root)/\(name)" : "\(root)/\(folder)/\(name)"
  }

  /// Everything that prediction has to know, from the plans and the first fold's checkpoint.
  ///
  /// - Throws: `unsupported-network`, `invalid-model`, `invalid-checkpoint`, `unsafe-pickle`,
  ///   `unreadable`.
  package func description() throws(NNXError) -> ModelDescription {
    do throws(NNXError) {
      return try ownDescription()
    } catch {
      guard error.code == .unsupportedNetwork else { throw error }
      var error = error
      error.fixes = [nnUNetCommand]
      throw error
    }
  }

  private func ownDescription() throws(NNXError) -> ModelDescription {
    guard let first = folds.first else {
      throw NNXError(.noModel, "\(path("")) has no fold with a checkpoint")
    }
    let checkpoint = try Checkpoint("\(root)/\(first.checkpoint)")
    let description: ModelDescription
    switch generation {
    case .v2:
      let plans = try PlansV2(contentsOf: path("plans.json"))
      var model = try plans.description(
        checkpoint.configuration ?? configuration,
        dataset: try DatasetJSON(contentsOf: path("dataset.json")), folder: dataset,
        checkpoint: checkpoint)
      model.configuration = configuration
      model.requestedPostprocessing = try PostprocessingV2.rules(of: path(""), files: files)
      description = model
    case .v1:
      var model = try PlansV1(checkpoint).description(
        configuration, folder: dataset, identifier: plans)
      if files.contains("postprocessing.json") {
        model.postprocessing = try PostprocessingV1.rules(contentsOf: path("postprocessing.json"))
      }
      description = model
    }
    // Whether the weights fit is part of whether the model can be run.
    _ = try PublishedWeights(checkpoint, for: description)
    return description
  }
}
