import NNXModel
import NNXSystem

/// The registries that the user added: `registries.json` in the settings folder, with a copy of each
/// index in `registries/` beside it. The copies are what is used; `update` brings newer ones.
package struct RegistryShelf: Sendable {
  private let folder: String
  private let web: Web

  /// - Parameters:
  ///   - folder: of the settings.
  ///   - web: what fetches indexes.
  package init(folder: String, web: Web) {
    self.folder = folder
    self.web = web
  }

  /// What is remembered of registries that were named by address without being added.
  var visited: RegistryShelf { RegistryShelf(folder: "\(folder)/visited", web: web) }

  private struct List: Codable {
    let registries: [RegistryRecord]
  }

  private var list: String { "\(folder)/registries.json" }
  private func copy(_ name: String, _ sha256: String) -> String {
    "\(folder)/registries/\(name).\(sha256.prefix(16)).json"
  }

  /// What is remembered of every added registry, by priority.
  ///
  /// - Throws: `invalid-json`, `invalid-registry`, `unreadable`.
  package func records() throws(NNXError) -> [RegistryRecord] {
    guard Folder.kind(list) != nil else { return [] }
    let document = try OrderedJSON(contentsOf: list)
    let records: [RegistryRecord]
    do throws(DocumentProblem) {
      records = try document.decode(List.self, .sparse).registries
    } catch { throw NNXError(.invalidRegistry, error.sentence(in: list)) }
    return records.filter(\.isFirst) + records.filter { !$0.isFirst }
  }

  /// The record called `name`.
  ///
  /// - Throws: `unknown-registry` with those there are.
  package func record(_ name: String) throws(NNXError) -> RegistryRecord {
    let records = try records()
    if let record = records.first(where: { $0.name == name }) { return record }
    throw NNXError(
      .unknownRegistry, "no registry is called '\(name.excerpt)'",
      details: records.isEmpty ? [] : ["Added: \(records.map(\.name).joined(separator: ", "))"],
      fixes: ["See them with: nnx registry list"])
  }

  /// The stored index of a record.
  ///
  /// - Throws: `invalid-registry` when the copy is not the one that was stored.
  package func registry(_ record: RegistryRecord) throws(NNXError) -> Registry {
    let path = copy(record.name, record.sha256)
    let reader = try FileReader(path)
    let bytes = try reader.bytes(at: 0, count: reader.count)
    guard Digest.sha256(bytes) == record.sha256 else {
      throw NNXError(
        .invalidRegistry, "\(path) is not the index that was stored",
        fixes: ["Fetch it again: nnx registry remove \(record.name), then add it"])
    }
    var registry = try Registry(
      OrderedJSON(parsing: bytes, source: path), source: record.source.document,
      folder: record.source.base)
    registry.name = record.name
    registry.hosts = Set(record.hosts)
    return registry
  }

  /// All registries in use as one: those added first, nnx's own, then the others.
  ///
  /// An added registry called `nnx` takes the place of nnx's own only with a higher version.
  ///
  /// - Parameter own: the registry that nnx comes with.
  /// - Throws: as `records()` and `registry(_:)`.
  package func merged(with own: Registry) throws(NNXError) -> Registry {
    var before: [Registry] = []
    var middle = own
    var after: [Registry] = []
    for record in try records() {
      let registry = try registry(record)
      if record.name == Registry.ownName {
        if registry.version > own.version { middle = registry }
      } else if record.isFirst {
        before.append(registry)
      } else {
        after.append(registry)
      }
    }
    let all = before + [middle] + after
    return all.count == 1 ? all[0] : Registry(merging: all)
  }

  /// Fetches and reads an index that may be added.
  ///
  /// - Throws: as `RegistryDocument.fetch` and `Registry.init`.
  package func examine(_ source: RegistrySource) throws(NNXError) -> RegistryCandidate {
    guard let answer = try RegistryDocument.fetch(source, unless: nil, asking: web) else {
      throw NNXError(.hostRefused, "\(source.document) answered without a document")
    }
    return try RegistryCandidate(answer, from: source)
  }

  /// Stores a registry that the user trusts.
  ///
  /// - Throws: `usage` when the name is taken or cannot be; `cannot-write`, `no-space`.
  package func add(
    _ candidate: RegistryCandidate, name: String, isFirst: Bool
  ) throws(NNXError) {
    guard ModelName.isValid(name) else {
      throw NNXError(
        .usage, "'\(name.excerpt)' cannot be the name of a registry", details: [ModelName.rule])
    }
    try changing { (records) throws(NNXError) in
      guard !records.contains(where: { $0.name == name }) else {
        throw NNXError(
          .usage, "a registry called '\(name)' was added before",
          fixes: ["Newer index: nnx registry update \(name)", "Another name: --name NAME"])
      }
      try store(candidate, name)
      records.append(RegistryRecord(candidate, name: name, isFirst: isFirst))
    }
  }

  /// Forgets a registry; installed models stay.
  ///
  /// - Throws: `unknown-registry`, `cannot-write`.
  package func remove(_ name: String) throws(NNXError) {
    let record = try record(name)
    try changing { (records) throws(NNXError) in records.removeAll { $0.name == name } }
    try Folder.remove(copy(name, record.sha256))
  }

  /// Looks for a newer index.
  ///
  /// - Returns: `nil` when the known one is still current.
  /// - Throws: `older-registry` when it would go back; as `examine`.
  package func newer(_ record: RegistryRecord) throws(NNXError) -> RegistryCandidate? {
    guard let answer = try RegistryDocument.fetch(record.source, unless: record.tag, asking: web)
    else { return nil }
    let candidate = try RegistryCandidate(answer, from: record.source)
    try record.check(candidate)
    return candidate.sha256 == record.sha256 ? nil : candidate
  }

  /// Puts a newer index in place, or notes that the known one is current.
  ///
  /// - Throws: `older-registry` when somebody else stored a later one meanwhile; `cannot-write`.
  package func update(
    _ record: RegistryRecord, with candidate: RegistryCandidate?
  ) throws(NNXError) {
    var old: String?
    try changing { (records) throws(NNXError) in
      guard let index = records.firstIndex(where: { $0.name == record.name }) else { return }
      if let candidate {
        try records[index].check(candidate)
        try store(candidate, record.name)
        old = copy(record.name, records[index].sha256)
        records[index] = RegistryRecord(candidate, name: record.name, isFirst: record.isFirst)
      } else {
        records[index].checked = ProcessFacts.timestamp
      }
    }
    if let old { try Folder.remove(old) }
  }

  private func store(_ candidate: RegistryCandidate, _ name: String) throws(NNXError) {
    try Folder.create("\(folder)/registries")
    AtomicFile.removeAbandoned(in: "\(folder)/registries")
    let file = try AtomicFile(copy(name, candidate.sha256))
    try file.write(candidate.bytes)
    try file.commit()
  }

  private func changing(
    _ change: (inout [RegistryRecord]) throws(NNXError) -> Void
  ) throws(NNXError) {
    try Folder.create(folder)
    let lock = try FileLock("\(folder)/registries.lock")
    defer { withExtendedLifetime(lock) {} }
    AtomicFile.removeAbandoned(in: folder, of: lastComponent(list))
    var records = try records()
    try change(&records)
    let file = try AtomicFile(list)
    let json = OrderedJSON(encoding: List(registries: records), schema: 1)
    try file.write(json.text(pretty: true) + "\n")
    try file.commit()
  }
}
