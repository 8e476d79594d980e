import NNXSystem

/// An installed model: what install writes and predict opens (docs/format/model.md).
///
/// A folder with `model.json` and the native weights of every fold. Opening it reads the JSON alone,
/// never a pickle.
package struct ModelFolder: Sendable {
  package struct Fold: Codable, Equatable, Sendable {
    /// `0` to `4`, or `all`.
    package var name: String
    /// File name of the checkpoint that the weights come from, as in `checkpoint_final.pth`.
    package var checkpoint: String
    /// Path of the weights file, relative to the folder.
    @Checked<RelativePath> package var weights: String
    /// Of the weights file.
    @Checked<SHA256Text> package var sha256: String
    /// Number of weights.
    package var parameters: Int

    package init(
      name: String, checkpoint: String, weights: String, sha256: String, parameters: Int
    ) {
      self.name = name
      self.checkpoint = checkpoint
      self.weights = weights
      self.sha256 = sha256
      self.parameters = parameters
    }
  }

  /// One configuration with its folds.
  package struct Entry: Codable, SelfChecking, Equatable, Sendable {
    package var description: ModelDescription
    package var folds: [Fold]
    /// Weights of the same folds from other checkpoints, such as `checkpoint_best.pth`.
    @EmptyWhenAbsent package var alternatives: [Fold]
    /// Why the model can be installed but not run; `nil` when it can.
    package var unsupported: String?

    package init(
      description: ModelDescription, folds: [Fold], alternatives: [Fold] = [],
      unsupported: String? = nil
    ) {
      self.description = description
      self.folds = folds
      self.alternatives = alternatives
      self.unsupported = unsupported
    }

    package func check() throws(DocumentProblem) {
      guard !folds.isEmpty || unsupported != nil else { throw DocumentProblem("has no fold") }
      guard Set(folds.map(\.name)).count == folds.count else {
        throw DocumentProblem(at: "folds", "repeats a fold")
      }
    }
  }

  /// What `model.json` holds.
  private struct Document: Codable, SelfChecking {
    let configurations: [Entry]
    let recommendation: Recommendation?
    @EmptyWhenAbsent var refused: [RefusedConfiguration]

    func check() throws(DocumentProblem) {
      let names = configurations.map(\.description.fullName)
      guard !names.isEmpty, Set(names).count == names.count else {
        throw DocumentProblem("holds the models \(names)")
      }
    }
  }

  package static let fileName = "model.json"
  static let schema = 1

  package let path: String
  package var entries: [Entry]
  /// What the publisher found to be best; `nil` when nothing was said.
  package var recommendation: Recommendation?
  /// Configurations that were published and that nnx cannot run.
  package var refused: [RefusedConfiguration]

  package init(
    path: String, entries: [Entry], recommendation: Recommendation? = nil,
    refused: [RefusedConfiguration] = []
  ) {
    self.path = path
    self.entries = entries
    self.recommendation = recommendation
    self.refused = refused
  }

  /// Reads `model.json` of the folder at `path`.
  ///
  /// - Throws: `file-not-found`, `unreadable`, `invalid-json`; `invalid-model` with the field that is
  ///   wrong.
  package init(opening path: String) throws(NNXError) {
    let file = "\(path)/\(ModelFolder.fileName)"
    let document: Document = try OrderedJSON(contentsOf: file).document(
      .model, schema: ModelFolder.schema,
      newer: { _ in NNXError(.invalidModel, "\(file): it was written by another version of nnx") },
      invalid: { NNXError(.invalidModel, "\(file): \($0.words)") })
    self.init(
      path: path, entries: document.configurations, recommendation: document.recommendation,
      refused: document.refused)
  }

  /// Writes `model.json`; the weights must be in place.
  ///
  /// - Throws: `file-not-found` when the folder is missing, `cannot-write`, `no-space`.
  package func write() throws(NNXError) {
    let document = Document(
      configurations: entries, recommendation: recommendation, refused: refused)
    let json = OrderedJSON(encoding: document, schema: ModelFolder.schema, snakeCase: true)
    let file = try AtomicFile("\(path)/\(ModelFolder.fileName)")
    try file.write(json.text(pretty: true) + "\n")
    try file.commit()
  }

  /// Maps the weights of a fold, after comparing their digest with the one noted at install time.
  ///
  /// - Parameter fold: one of this folder's.
  /// - Throws: `file-not-found`, `unreadable`; `integrity` when the file is not the one installed or
  ///   does not fit the network.
  package func weights(_ fold: Fold) throws(NNXError) -> WeightsFile {
    let file = try WeightsFile("\(path)/\(fold.weights)")
    let digest = file.digest()
    guard digest == fold.sha256 else {
      throw NNXError(
        .integrity, "\(file.path) is not the file that was installed",
        details: ["expected sha256  \(fold.sha256)", "got              \(digest)"],
        fixes: ["Repair the model with: nnx verify --repair"])
    }
    if let entry = entries.first(where: { ($0.folds + $0.alternatives).contains(fold) }) {
      try file.check(entry.description.architecture)
    }
    return file
  }
}
