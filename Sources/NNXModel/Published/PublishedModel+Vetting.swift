import NNXSystem

extension PublishedModel {
  /// Reads, as data, every file of the model that nnU-Net would unpickle.
  ///
  /// nnU-Net's own commands run from the installed tree and execute what a pickle asks for: plans, notes
  /// beside checkpoints, and checkpoints that nnx itself has no use for. None may hold more than values.
  ///
  /// - Parameter known: checkpoints that were read already, relative to `root`.
  /// - Throws: `unsafe-pickle`, `invalid-checkpoint`, `unreadable`.
  func vet(except known: Set<String> = []) throws(NNXError) {
    for file in files {
      let path = folder.isEmpty ? file : "\(folder)/\(file)"
      guard !known.contains(path) else { continue }
      switch path.split(separator: ".").last?.lowercased() {
      case "pkl", "pickle": _ = try Pickle(contentsOf: "\(root)/\(path)")
      case "pth", "pt", "model", "ckpt": _ = try TorchFile("\(root)/\(path)")
      default: break
      }
    }
  }
}
