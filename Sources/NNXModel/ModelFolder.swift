import NNXSystem

/// An installed model: what install writes and predict opens (docs/format/model.md).
///
/// A folder with `model.json` and the native weights of every fold. Opening it reads the JSON alone,
/// never a pickle.
package struct ModelFolder: Sendable {
  package struct Fold: Equatable, Sendable {
    /// `0` to `4`, or `all`.
    package var name: String
    /// File name of the checkpoint that the weights come from, as in `checkpoint_final.pth`.
    package var checkpoint: String
    /// Path of the weights file, relative to the folder.
    package var weights: String
    /// Of the weights file.
    package var sha256: String
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
  package struct Entry: Equatable, Sendable {
    package var description: ModelDescription
    package var folds: [Fold]
    /// Weights of the same folds from other checkpoints, such as `checkpoint_best.pth`.
    package var alternatives: [Fold]
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
    let fields = JSONFields(try OrderedJSON(contentsOf: file), source: file)
    guard try fields.int("schema") == ModelFolder.schema else {
      throw fields.failure("it was written by another version of nnx")
    }
    var entries: [Entry] = []
    for entry in try fields.objects("configurations") { entries.append(try Entry(entry)) }
    let names = entries.map(\.description.fullName)
    guard !entries.isEmpty, Set(names).count == names.count else {
      throw fields.failure("it holds the models \(names)")
    }
    var refused: [RefusedConfiguration] = []
    if fields.optional("refused") != nil {
      for one in try fields.objects("refused") { refused.append(try RefusedConfiguration(one)) }
    }
    self.init(
      path: path, entries: entries,
      recommendation: fields.optional("recommendation") == nil
        ? nil : try Recommendation(try fields.object("recommendation")), refused: refused)
  }

  /// Writes `model.json`; the weights must be in place.
  ///
  /// - Throws: `file-not-found` when the folder is missing, `cannot-write`, `no-space`.
  package func write() throws(NNXError) {
    let json: OrderedJSON = .object([
      OrderedJSON.Member("schema", .int(ModelFolder.schema)),
      OrderedJSON.Member("configurations", .array(entries.map(\.json))),
      OrderedJSON.Member("recommendation", recommendation?.json ?? .null),
      OrderedJSON.Member("refused", .array(refused.map(\.json))),
    ])
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
        fixes: ["Check the model with: nnx verify"])
    }
    if let entry = entries.first(where: { ($0.folds + $0.alternatives).contains(fold) }) {
      try file.check(entry.description.architecture)
    }
    return file
  }
}

extension ModelFolder.Entry {
  fileprivate var json: OrderedJSON {
    .object([
      OrderedJSON.Member("description", description.json),
      OrderedJSON.Member("folds", .array(folds.map(\.json))),
      OrderedJSON.Member("alternatives", .array(alternatives.map(\.json))),
      OrderedJSON.Member("unsupported", OrderedJSON(unsupported)),
    ])
  }

  fileprivate init(_ fields: JSONFields) throws(NNXError) {
    var folds: [ModelFolder.Fold] = []
    for fold in try fields.objects("folds") { folds.append(try ModelFolder.Fold(fold)) }
    var alternatives: [ModelFolder.Fold] = []
    if fields.optional("alternatives") != nil {
      for fold in try fields.objects("alternatives") {
        alternatives.append(try ModelFolder.Fold(fold))
      }
    }
    self.init(
      description: try ModelDescription(try fields.object("description")), folds: folds,
      alternatives: alternatives, unsupported: try fields.optionalString("unsupported"))
    guard !folds.isEmpty || unsupported != nil else { throw fields.failure("it has no fold") }
    guard Set(folds.map(\.name)).count == folds.count else {
      throw fields.failure("a fold is repeated")
    }
  }
}

extension ModelFolder.Fold {
  fileprivate var json: OrderedJSON {
    .object([
      OrderedJSON.Member("name", .string(name)),
      OrderedJSON.Member("checkpoint", .string(checkpoint)),
      OrderedJSON.Member("weights", .string(weights)),
      OrderedJSON.Member("sha256", .string(sha256)),
      OrderedJSON.Member("parameters", .int(parameters)),
    ])
  }

  fileprivate init(_ fields: JSONFields) throws(NNXError) {
    self.init(
      name: try fields.string("name"), checkpoint: try fields.string("checkpoint"),
      weights: try fields.string("weights"), sha256: try fields.string("sha256"),
      parameters: try fields.int("parameters"))
    let parts = weights.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.allSatisfy({ !$0.isEmpty && $0 != ".." && $0 != "." }) else {
      throw fields.failure("'weights' is no path below the folder")
    }
    guard sha256.utf8.count == 64,
      sha256.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
    else { throw fields.failure("'sha256' is no digest") }
  }
}
