import NNXModel
import NNXNetwork
import NNXSystem
import NNXTensor

/// Results of `KernelCheck`, kept in a folder by the digest of the weights, the set of kernels and their
/// generation: they are facts of weights on a kind of processor, not of an installed model. Whatever is missing is
/// made when it is needed.
package struct KernelCheckCache: Equatable, Sendable {
  private let folder: String

  package init(folder: String) { self.folder = folder }

  /// What is known of a fold on this processor; `nil` when it was not checked, or when there is nothing to
  /// check because the plain engine runs.
  ///
  /// - Throws: `usage` for an unknown `NNX_KERNELS`.
  package func known(
    _ fold: ModelFolder.Fold, _ model: ModelDescription
  ) throws(NNXError) -> KernelCheck? {
    let kernels = try Kernels.chosen()
    guard isNeeded(model, kernels),
      let json = try? OrderedJSON(contentsOf: path(fold, kernels)),
      let choice = json["choice"]?.string.flatMap(KernelChoice.init(rawValue:)),
      let error = json["error"]?.double
    else { return nil }
    return KernelCheck(kernels: kernels.name, choice: choice, error: error)
  }

  /// The same, made now where it is not known.
  ///
  /// - Throws: what reading the weights throws; `unsupported-network`, `missing-library`, `usage`.
  package func check(
    _ fold: ModelFolder.Fold, of folder: ModelFolder, _ model: ModelDescription, threads: Threads
  ) throws(NNXError) -> KernelCheck? {
    let kernels = try Kernels.chosen()
    guard isNeeded(model, kernels) else { return nil }
    if let known = try known(fold, model) { return known }
    let check = try KernelCheck(
      model.architecture, weights: try folder.weights(fold), patch: model.patch, threads: threads,
      kernels: kernels)
    // What cannot be kept is made again next time.
    try? keep(check, at: path(fold, kernels))
    return check
  }

  private func isNeeded(_ model: ModelDescription, _ kernels: Kernels) -> Bool {
    !kernels.runsPlain && model.architecture.unblockedLayer == nil
  }

  private func path(_ fold: ModelFolder.Fold, _ kernels: Kernels) -> String {
    "\(folder)/\(fold.sha256).\(kernels.name)-\(KernelCheck.generation).json"
  }

  private func keep(_ check: KernelCheck, at path: String) throws(NNXError) {
    try Folder.create(folder)
    AtomicFile.removeAbandoned(in: folder)
    let file = try AtomicFile(path)
    try file.write(check.json.text(pretty: true) + "\n")
    try file.commit()
  }
}

extension KernelCheck {
  /// As it is kept and as `nnx info --json` shows it.
  package var json: OrderedJSON {
    ["kernels": .string(kernels), "choice": .string(choice.rawValue), "error": .double(error)]
  }
}
