import NNXSystem

extension InstalledModel {
  /// Paths of the plans of each configuration: v2 and v1 keep them beside the folds; v1 models may come
  /// with those inside the checkpoints alone.
  ///
  /// - Throws: `file-not-found`.
  package func plans() throws(NNXError) -> [String] {
    let files = Set(receipt.files.map(\.path))
    let paths = receipt.sets.flatMap { set in
      set.configurations.map { configuration in
        let prefix = set.folder.isEmpty ? "" : "\(set.folder)/"
        return "\(prefix)\(configuration.results)/plans.\(set.generation == 1 ? "pkl" : "json")"
      }
    }
    let found = paths.filter(files.contains)
    guard !found.isEmpty else {
      throw NNXError(
        .fileNotFound, "\(name) came without a file of plans",
        details: ["nnU-Net v1 keeps a copy of them in each checkpoint (.model.pkl)"],
        fixes: ["nnx inspect \(path)"])
    }
    return found.map { "\(path)/\($0)" }
  }
}
