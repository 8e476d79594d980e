import NNXModel
import NNXSystem

extension NNXError.Code {
  /// nnx.lock is not what docs/format/lock.md says.
  package static let invalidLock = NNXError.Code("invalid-lock", .data)
  /// A later nnx wrote the lock.
  package static let newerLock = NNXError.Code("newer-lock", .configuration)
  /// The lock does not name that model.
  package static let notLocked = NNXError.Code("not-locked", .notFound)
}

/// `nnx.lock`: exactly which models a project uses, down to the digests (docs/format/lock.md).
///
/// The text depends on the models alone: sorted, without times and without paths of the machine.
package struct LockFile: Equatable, Sendable {
  /// A registry that named a locked model.
  package struct RegistryVersion: Equatable, Sendable {
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
    guard Folder.isFolder(path) == false else {
      throw NNXError(
        .fileNotFound, "there is no lock at \(path)",
        fixes: ["Write one of what is installed: nnx lock"])
    }
    do throws(NNXError) {
      try self.init(OrderedJSON(contentsOf: path), source: path)
    } catch {
      guard error.code == .invalidRegistry else { throw error }
      throw NNXError(.invalidLock, error.message, fixes: ["Write it again: nnx lock"])
    }
  }

  private init(_ json: OrderedJSON, source: String) throws(NNXError) {
    let fields = try RegistryFields(json, at: source)
    let schema = try fields.int("schema")
    guard schema <= LockFile.schema else {
      throw NNXError(
        .newerLock, "\(source) has schema \(schema); this nnx reads up to \(LockFile.schema)",
        fixes: ["Update nnx"])
    }
    registries = try fields.list("registries") { (entry) throws(NNXError) in
      RegistryVersion(name: try entry.string("name"), version: try entry.int("version"))
    }
    models = try fields.list("models", LockedModel.init)
    let keys = models.map { "\($0.name)@\($0.version)" }
    guard Set(keys).count == keys.count else {
      throw fields.failure("models", "names a model twice")
    }
  }

  private var json: OrderedJSON {
    [
      "schema": .int(LockFile.schema),
      "registries": .array(
        registries.map { ["name": .string($0.name), "version": .int($0.version)] }),
      "models": .array(models.map(\.json)),
    ]
  }

  /// The absolute path of the folder that holds the lock at `path`.
  package static func folder(of path: String) -> String { Folder.resolved(parentFolder(path)) }

  /// What the file holds.
  package var text: String { json.text(pretty: true) + "\n" }

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
