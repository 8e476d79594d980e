import NNXModel
import NNXSystem

extension NNXError.Code {
  /// nnx.lock is not what docs/format/lock.md says.
  static let invalidLock = NNXError.Code("invalid-lock", .data)
  /// A later nnx wrote the lock.
  static let newerLock = NNXError.Code("newer-lock", .configuration)
  /// The lock does not name that model.
  static let notLocked = NNXError.Code("not-locked", .notFound)
}

/// `nnx.lock`: exactly which models a project uses, down to the digests (docs/format/lock.md).
///
/// The text depends on the models alone: sorted, without times and without paths of the machine.
package struct LockFile: Codable, SelfChecking, Equatable, Sendable {
  /// A registry that named a locked model.
  package struct RegistryVersion: Codable, Equatable, Sendable {
    package var name: String
    package var version: Int
  }

  package static let fileName = "nnx.lock"
  /// Version of the format that this nnx writes, and the highest it reads.
  package static let schema = 1

  /// The registries as they were, by name.
  package var registries: [RegistryVersion]
  /// By name, then version.
  package var models: [LockedModel]

  /// Describes installed models.
  ///
  /// - Parameters:
  ///   - models: to be locked.
  ///   - registry: whose versions are noted.
  ///   - folder: of the lock; files below it are noted by their relative path.
  /// - Throws: `unreadable`, `invalid-json` for a damaged card.
  package init(
    _ models: [InstalledModel], registry: Registry, folder: String
  ) throws(NNXError) {
    var locked: [LockedModel] = []
    for model in models {
      locked.append(try LockedModel(model, registry: registry, folder: folder))
    }
    self.models = locked.sorted { ($0.name, $0.version) < ($1.name, $1.version) }
    let used = Set(locked.compactMap(\.registry))
    registries = registry.parts.filter { used.contains($0.name) }
      .map { RegistryVersion(name: $0.name, version: $0.version) }.sorted { $0.name < $1.name }
  }

  /// Reads a lock.
  ///
  /// - Throws: `file-not-found`, `invalid-json`, `invalid-lock`, `newer-lock`.
  package init(contentsOf path: String) throws(NNXError) {
    guard Folder.isFile(path) else {
      throw NNXError(
        .fileNotFound, "there is no lock at \(path)",
        fixes: ["Write one of what is installed: nnx lock"])
    }
    let json: OrderedJSON
    do throws(NNXError) { json = try OrderedJSON(contentsOf: path) } catch {
      throw error.advising("Write it again: nnx lock", "Or bring it back from version control")
    }
    self = try json.document(
      .sparse, schema: LockFile.schema,
      newer: {
        NNXError(
          .newerLock, "\(path) has schema \($0); this nnx reads up to \(LockFile.schema)",
          fixes: ["Update nnx"])
      },
      invalid: {
        NNXError(.invalidLock, $0.sentence(in: path), fixes: ["Write it again: nnx lock"])
      })
  }

  package func check() throws(DocumentProblem) {
    let keys = models.map { "\($0.name)@\($0.version)" }
    guard Set(keys).count == keys.count else {
      throw DocumentProblem(at: "models", "names a model twice")
    }
  }

  /// Who wrote what lies where a lock should go: nnx, if it is a lock, also one that was cut off or merged
  /// badly: it is written anew of what is installed.
  package static func author(of path: String) -> OutputPlan.Author {
    if (try? LockFile(contentsOf: path)) != nil || Folder.kind(path) == .file(size: 0) {
      return .nnx
    }
    return FileMark.text(["{\n  \"schema\": \(schema),\n  \"registries\": ["])(path)
  }

  /// The absolute path of the folder that holds the lock at `path`.
  package static func folder(of path: String) -> String { Folder.resolved(parentFolder(path)) }

  /// What the file holds.
  package var text: String {
    OrderedJSON(encoding: self, schema: LockFile.schema, omitsNull: true).text(pretty: true) + "\n"
  }

  /// The plan with what the lock promises about its model.
  ///
  /// - Throws: `not-locked`; `integrity` when registry and lock name different versions or bytes.
  package func locking(_ plan: InstallPlan) throws(NNXError) -> InstallPlan {
    let named = models.filter { $0.name == plan.name }
    guard !named.isEmpty else {
      throw NNXError(
        .notLocked, "the lock does not name \(plan.name)",
        fixes: ["Install it without --locked, then: nnx lock"])
    }
    guard let locked = named.first(where: { plan.version == nil || $0.version == plan.version })
    else {
      let versions = named.map(\.version).joined(separator: ", ")
      throw NNXError(
        .integrity, "the lock names \(plan.name) \(versions), not \(plan.version ?? "")",
        fixes: ["Install what the lock names: nnx sync"])
    }
    return try locked.promised(plan)
  }
}
