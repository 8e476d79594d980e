import NNXModel
import NNXSystem

/// A model's folder taking shape in the staging area.
///
/// Install, added folds, repair and slimming are orders of the same four steps: what is installed already is
/// linked, what is new is taken, what nobody wants is dropped, and what nnx predicts with is converted.
/// `seal` ends them; `Store.commit` makes the folder visible.
struct ModelFolderBuild {
  /// The model's, for messages.
  private let name: String
  /// What becomes `models/<name>/<version>`.
  let folder: String
  /// What is known of files by their path in the folder.
  private var known: [String: Receipt.File] = [:]
  /// Files that were published and are not kept.
  private(set) var dropped: [Receipt.File]

  /// - Parameter dropped: what the model that it begins with has not kept.
  /// - Throws: `cannot-write`, `no-space`.
  init(
    of name: String, in staging: Staging, dropped: [Receipt.File] = []
  ) throws(NNXError) {
    self.name = name
    folder = "\(staging.path)/model"
    self.dropped = dropped
    try Folder.create(folder)
  }

  func path(_ file: String) -> String { "\(folder)/\(file)" }

  /// The folder of a set of weights.
  ///
  /// - Parameter set: relative to the model's; empty when it is that one.
  func home(of set: String) -> String { set.isEmpty ? folder : path(set) }

  /// What is known of a file; of one that was dropped, too.
  func file(_ path: String) -> Receipt.File? {
    known[path] ?? dropped.first { $0.path == path }
  }

  /// Whether the file is in the folder.
  func holds(_ path: String) -> Bool { known[path] != nil }

  /// Brings files of an installed model in, without copying where that can be avoided: installed files
  /// never change.
  ///
  /// - Throws: `cannot-write`, `no-space`, `file-not-found`.
  mutating func link(_ files: [Receipt.File], of model: InstalledModel) throws(NNXError) {
    for file in files {
      try Folder.linkOrCopy("\(model.path)/\(file.path)", to: path(file.path))
      known[file.path] = file
    }
  }

  /// Moves a new file of the staging area to its place, where nothing may be.
  ///
  /// - Throws: `invalid-model` when there is a file, `cannot-write`, `no-space`.
  mutating func take(_ source: String, as file: Receipt.File) throws(NNXError) {
    try Folder.create(parentFolder(path(file.path)))
    guard Folder.kind(path(file.path)) == nil else {
      throw NNXError(
        .invalidModel, "\(name) holds two models that belong at \(parentFolder(file.path))")
    }
    try Folder.move(source, to: path(file.path))
    known[file.path] = file
    dropped.removeAll { $0.path == file.path }
  }

  /// Removes files, and remembers them as published.
  ///
  /// - Throws: `cannot-write`.
  mutating func drop(_ files: [Receipt.File]) throws(NNXError) {
    for file in files {
      try Folder.remove(path(file.path))
      known[file.path] = nil
      dropped.removeAll { $0.path == file.path }
    }
    dropped += files
    dropped.sort { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
  }

  /// Makes the native form of a set of weights anew, except for the weights that are `kept`.
  ///
  /// - Parameters:
  ///   - models: as `ResultsFolder` finds them in the set's folder.
  ///   - set: the set's folder, relative to this one; empty when it is this one.
  ///   - kept: what is converted already, and lies there.
  /// - Throws: as `ModelConversion.convert`; nothing of the native form is there after
  ///   `unsupported-network`.
  mutating func convert(
    _ models: [PublishedModel], in set: String, keeping kept: [ModelFolder.Entry],
    progress: ProgressHandler
  ) throws(NNXError) -> ModelFolder {
    let home = home(of: set)
    let prefix = set.isEmpty ? "" : "\(set)/"
    try Folder.remove("\(home)/\(ModelFolder.fileName)")
    do throws(NNXError) {
      let converted = try ModelConversion.convert(
        models, into: home, keeping: kept, progress: progress)
      for fold in converted.entries.flatMap({ $0.folds + $0.alternatives })
      where !holds(prefix + fold.weights) {
        known[prefix + fold.weights] = Receipt.File(
          path: prefix + fold.weights, size: 0, sha256: fold.sha256)
      }
      return converted
    } catch {
      if error.code == .unsupportedNetwork { try Folder.remove("\(home)/weights") }
      throw error
    }
  }

  /// Keeps the registry's entry beside the model.
  ///
  /// - Throws: `cannot-write`, `no-space`.
  func write(card: OrderedJSON) throws(NNXError) {
    try AtomicFile.write(Array((card.text(pretty: true) + "\n").utf8), to: path(Receipt.cardName))
  }

  /// All files that are in the folder, those included that nobody has told about.
  ///
  /// - Throws: `unreadable`.
  func files() throws(NNXError) -> [Receipt.File] {
    var files: [Receipt.File] = []
    for (path, size) in try Folder.files(below: folder) {
      var file = known[path] ?? Receipt.File(path: path, size: size, sha256: "")
      if file.sha256.isEmpty { file.sha256 = try Digest.ofFile(self.path(path), .sha256) }
      file.size = size
      files.append(file)
    }
    return files
  }

  /// Writes the receipt and waits until everything is on the disk.
  ///
  /// - Parameter new: the files that are no links to installed ones.
  /// - Throws: `cannot-write`, `no-space`.
  func seal(_ receipt: Receipt, flushing new: [Receipt.File]) throws(NNXError) {
    try receipt.write(to: folder)
    for file in new { try Writeback.flush(path(file.path)) }
    try ModelFolderBuild.syncFolders(below: folder)
  }

  private static func syncFolders(below folder: String) throws(NNXError) {
    try syncFolder(of: "\(folder)/.")
    for name in try Folder.entries(folder) where Folder.kind("\(folder)/\(name)") == .folder {
      try syncFolders(below: "\(folder)/\(name)")
    }
  }
}
