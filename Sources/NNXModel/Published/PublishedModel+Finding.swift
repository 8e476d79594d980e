import NNXSystem

extension PublishedModel {
  /// Checkpoints of v2 and v1, best first.
  private static let checkpoints: [(name: String, generation: ModelDescription.Generation)] = [
    ("checkpoint_final.pth", .v2), ("checkpoint_best.pth", .v2), ("checkpoint_latest.pth", .v2),
    ("model_final_checkpoint.model", .v1), ("model_best.model", .v1), ("model_latest.model", .v1),
  ]

  /// Whether a file of that name is a fold's checkpoint, of v2 or v1.
  package static func isCheckpoint(_ name: String) -> Bool {
    checkpoints.contains { $0.name == name }
  }

  /// The model that `folder` holds; `nil` when it holds none.
  ///
  /// - Throws: `invalid-checkpoint`, `unsafe-pickle` when names must be read from a damaged file.
  init?(found folder: String, in tree: FileTree) throws(NNXError) {
    guard let (generation, folds) = PublishedModel.folds(folder, tree) else { return nil }
    let files = tree.files[folder] ?? []
    if generation == .v2 {
      guard files.contains("plans.json"), files.contains("dataset.json") else { return nil }
    }
    let parts = folder.split(separator: "/").map(String.init)
    let names =
      generation == .v2
      ? try PublishedModel.namesV2(folder, parts, folds, tree)
      : try PublishedModel.namesV1(folder, parts, folds, tree)
    for name in [names.dataset, names.trainer, names.plans, names.configuration] {
      guard PublishedModel.isName(name) else {
        throw NNXError(
          .invalidModel,
          "\(tree.root)/\(folder) has a name that cannot be a folder: '\(printable(name))'"
        )
      }
    }
    self.init(
      generation: generation, root: tree.root, folder: folder, dataset: names.dataset,
      trainer: names.trainer, plans: names.plans, configuration: names.configuration, folds: folds,
      files: tree.allFiles(below: folder))
    if generation == .v2, let parent = parts.dropLast().last, parent == dataset {
      datasetFiles = InferenceInformation.files(parts.dropLast().joined(separator: "/"), tree)
    }
  }

  private typealias Names = (dataset: String, trainer: String, plans: String, configuration: String)

  /// The folds of a model folder: `fold_0`, `fold_all` (v2), `all` (v1), each with its best
  /// checkpoint.
  private static func folds(
    _ folder: String, _ tree: FileTree
  ) -> (ModelDescription.Generation, [Fold])? {
    var found: [(generation: ModelDescription.Generation, fold: Fold)] = []
    for subfolder in tree.subfolders[folder] ?? [] {
      guard let name = FoldName(folder: subfolder, plain: true) else { continue }
      let path = FileTree.join(folder, subfolder)
      let files = tree.files[path] ?? []
      let present = checkpoints.filter { files.contains($0.name) }
      guard let best = present.first else { continue }
      let others = present.dropFirst().filter { $0.generation == best.generation }
      let fold = Fold(
        name: name.text, checkpoint: FileTree.join(path, best.name),
        others: others.map { FileTree.join(path, $0.name) })
      found.append((best.generation, fold))
    }
    guard let generation = found.first?.generation else { return nil }
    let folds = found.filter { $0.generation == generation }.map(\.fold)
    return (generation, folds.sorted { FoldName($0.name) < FoldName($1.name) })
  }

  /// Names come from the folders where they follow nnU-Net's pattern, else from the files.
  private static func namesV2(
    _ folder: String, _ parts: [String], _ folds: [Fold], _ tree: FileTree
  ) throws(NNXError) -> Names {
    let plans = try PlansV2(
      contentsOf: FileTree.join(tree.root, FileTree.join(folder, "plans.json")))
    let above = parts.dropLast().last
    let dataset: String
    if let above, isDataset(above, "Dataset") {
      dataset = above
    } else {
      dataset = plans.dataset ?? "Dataset000_Unnamed"
    }
    if let own = parts.last.map(PublishedModel.components), own.count == 3 {
      return (dataset, own[0], own[1], own[2])
    }
    let checkpoint = try Checkpoint(FileTree.join(tree.root, folds[0].checkpoint))
    return (dataset, checkpoint.trainer, plans.name, checkpoint.configuration ?? "3d_fullres")
  }

  private static func namesV1(
    _ folder: String, _ parts: [String], _ folds: [Fold], _ tree: FileTree
  ) throws(NNXError) -> Names {
    let known = ["2d", "3d_lowres", "3d_fullres", "3d_cascade_fullres"]
    var names: (dataset: String?, pair: [String]?, configuration: String?)
    /// Takes what is still missing from folders `…/3d_fullres/Task773_Liver/Trainer__Plans`.
    func take(_ parts: [String]) {
      let end = Array(parts.suffix(3).reversed())
      if names.pair == nil, let own = end.first.map(components), own.count == 2 { names.pair = own }
      if names.dataset == nil, end.count > 1, isDataset(end[1], "Task") { names.dataset = end[1] }
      if names.configuration == nil, end.count > 2, known.contains(end[2]) {
        names.configuration = end[2]
      }
    }
    take(parts)
    if let dataset = names.dataset, let pair = names.pair, let configuration = names.configuration {
      return (dataset, pair[0], pair[1], configuration)
    }
    // Where it was trained fills the gaps.
    let checkpoint = try Checkpoint(FileTree.join(tree.root, folds[0].checkpoint))
    let trained = (checkpoint.outputFolder ?? "").split { $0 == "/" || $0 == "\\" }
    take(trained.map(String.init))
    let planned = try PlansV1(checkpoint).configuration
    return (
      names.dataset ?? "Task000_Unnamed", names.pair?[0] ?? checkpoint.trainer,
      names.pair?[1] ?? "nnUNetPlansv2.1", names.configuration ?? planned
    )
  }

  /// The parts between double underscores, as nnU-Net names folders.
  private static func components(_ name: String) -> [String] {
    name.pieces(between: "__").map(String.init)
  }

  /// `Dataset006_Liver`, `Task773_Liver`.
  static func isDataset(_ name: String, _ prefix: String) -> Bool {
    guard name.hasPrefix(prefix) else { return false }
    let rest = name.dropFirst(prefix.count)
    let digits = rest.prefix { $0.isASCII && $0.isNumber }
    return digits.count >= 3 && rest.dropFirst(digits.count).first == "_"
  }

  /// Whether a name from a file may become the name of a folder.
  private static func isName(_ name: String) -> Bool {
    (1...200).contains(name.utf8.count) && name != "." && name != ".."
      && name.unicodeScalars.allSatisfy {
        $0.value >= 0x20 && $0.value != 0x7F && $0 != "/" && $0 != "\\"
      }
  }
}
