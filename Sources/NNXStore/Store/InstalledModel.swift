import NNXModel
import NNXSystem

/// One model in the store, in one version.
package struct InstalledModel: Sendable {
  /// How complete it is, judged by names and sizes alone; `Verify` reads every byte.
  package enum State: String, Sendable {
    case ok, damaged
    /// Fewer folds than were published.
    case partial
  }

  /// The model's folder.
  package let path: String
  package let receipt: Receipt
  /// Whether `NAME` without a version means this one.
  package let isDefault: Bool
  /// Whether it lies in one of the read-only shared stores.
  package let isShared: Bool

  package var name: String { receipt.name }
  package var version: String { receipt.version }

  /// Whether it came from a file or folder of the user's, and from nowhere else.
  package var isLocal: Bool { !receipt.isPublished }

  /// Whether published checkpoints were dropped after conversion.
  package var isSlim: Bool { !receipt.dropped.isEmpty }

  /// Missing files and files of another size, relative to `path`.
  var damagedFiles: [String] {
    receipt.files.filter { Folder.kind("\(path)/\($0.path)") != .file(size: $0.size) }.map(\.path)
  }

  package var state: State {
    !damagedFiles.isEmpty ? .damaged : receipt.isPartial ? .partial : .ok
  }

  /// The entry of the registry as it was at install; `nil` for models from elsewhere.
  ///
  /// - Throws: `unreadable`, `invalid-json`, `invalid-registry`.
  package func card() throws(NNXError) -> OrderedJSON? {
    let file = "\(path)/\(Receipt.cardName)"
    return Folder.kind(file) == nil ? nil : try OrderedJSON(contentsOf: file)
  }

  /// Folder of a set of weights.
  package func folder(of set: Receipt.WeightsInstalled) -> String {
    set.folder.isEmpty ? path : "\(path)/\(set.folder)"
  }

  /// A set of weights by its id, or the only one.
  ///
  /// - Throws: `unknown-configuration` when there are several, or none of that id.
  package func set(_ id: String? = nil) throws(NNXError) -> Receipt.WeightsInstalled {
    let found = receipt.sets.filter { id == nil || $0.id == id }
    if let id, receipt.lacking.contains(id) {
      throw NNXError(
        .notInstalled, "\(name) is installed in part: its network \(id) is not here",
        fixes: ["Bring it: nnx install \(name)"])
    }
    guard found.count == 1 else {
      throw NNXError(
        .unknownConfiguration,
        id.map { "\(name) has no weights called '\($0)'" }
          ?? "\(name) has several sets of weights",
        details: receipt.sets.map { [$0.id, $0.role].compactMap(\.self).joined(separator: "  ") },
        fixes: ["To predict with one of them: -m \(name)/\(receipt.sets.first?.id ?? "WEIGHTS")"])
    }
    return found[0]
  }

  /// Opens the native form of a set of weights for prediction. Writes nothing.
  ///
  /// - Parameter set: id of the set; not needed when there is one.
  /// - Throws: `unsupported-network` when nnx could not convert it; `unknown-configuration`;
  ///   `file-not-found`, `invalid-model`.
  package func open(set id: String? = nil) throws(NNXError) -> ModelFolder {
    let set = try set(id)
    if let problem = set.unsupported { throw problem }
    do throws(NNXError) { return try ModelFolder(opening: folder(of: set)) } catch {
      throw isShared
        ? error.advising("It lies in the shared store \(parentFolder(path)): tell who keeps it")
        : error.advising("Bring back what is damaged: nnx verify --repair \(name)")
    }
  }
}
