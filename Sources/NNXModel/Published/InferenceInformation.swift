import NNXSystem

/// `inference_information.json`, which `nnUNetv2_find_best_configuration` leaves in a dataset's folder
/// (nnunetv2/evaluation/find_best_configuration.py).
enum InferenceInformation {
  static let name = "inference_information.json"

  /// The files of a dataset's folder that concern several of its models, relative to it.
  static func files(_ folder: String, _ tree: FileTree) -> [String] {
    let own = (tree.files[folder] ?? []).filter {
      $0 == name || $0 == "inference_instructions.txt"
    }
    let hasEnsembles = tree.subfolders[folder]?.contains("ensembles") == true
    let shared =
      hasEnsembles
      ? tree.allFiles(below: FileTree.join(folder, "ensembles")).map { "ensembles/\($0)" } : []
    return own + shared
  }

  /// What it says of models that are all there; `nil` when there is no such file, or it speaks of
  /// others.
  ///
  /// - Throws: `unreadable`, `invalid-json`; `invalid-model` when its rules are not understood.
  static func recommendation(
    for models: [PublishedModel]
  ) throws(NNXError) -> Recommendation? {
    guard let model = models.first(where: { $0.datasetFiles.contains(name) }) else { return nil }
    let parent = model.folder.split(separator: "/").dropLast().joined(separator: "/")
    let folder = "\(model.root)/\(parent)"
    let document = try OrderedJSON(contentsOf: "\(folder)/\(name)")
    guard let best = document["best_model_or_ensemble"],
      let selected = best["selected_model_or_models"]?.array, !selected.isEmpty
    else { return nil }
    var chosen: [PublishedModel] = []
    for one in selected {
      let found = models.first {
        $0.configuration == one["configuration"]?.string && $0.trainer == one["trainer"]?.string
          && $0.plans == one["plans_identifier"]?.string
      }
      guard let found else { return nil }
      chosen.append(found)
    }
    let folds = (document["folds"]?.array ?? []).compactMap { $0.string ?? $0.int.map(String.init) }
    // A path on the machine it was trained on; its last three names are below the dataset's folder.
    let tail = (best["postprocessing_file"]?.string ?? "").split { $0 == "/" || $0 == "\\" }
      .suffix(3).joined(separator: "/")
    let text = tail.hasSuffix(".pkl") ? tail.dropLast(4) + ".json" : tail
    var rules: [ComponentRule]?
    let parts = tail.split(separator: "/")
    if parts.count == 3, !parts.contains("..") {
      if Folder.isFile("\(folder)/\(text)") {
        rules = try PostprocessingV2.rules(contentsOf: "\(folder)/\(text)")
      } else if Folder.isFile("\(folder)/\(tail)") {
        rules = try PostprocessingV2.rules(contentsOf: "\(folder)/\(tail)")
      }
    }
    let isPlain = !chosen.contains { $0.sharesConfiguration(with: models) }
    return Recommendation(
      configurations: chosen.map(\.configuration),
      trainers: isPlain ? nil : chosen.map(\.trainer), plans: isPlain ? nil : chosen.map(\.plans),
      folds: folds, postprocessing: rules)
  }
}
