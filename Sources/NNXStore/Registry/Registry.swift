import NNXModel
import NNXSystem

extension NNXError.Code {
  /// No entry of the registry has that name.
  package static let unknownModel = NNXError.Code("unknown-model", .notFound)
  /// The registry has the model, but not in that version.
  static let unknownVersion = NNXError.Code("unknown-version", .notFound)
  /// The registry was written for a later nnx.
  static let newerRegistry = NNXError.Code("newer-registry", .configuration)
}

/// The models that can be installed by name: `registry.json`, checked (docs/format/registry.md).
package struct Registry: Sendable {
  /// A family of models from one publisher.
  package struct Collection: Decodable, Equatable, Sendable {
    package var title: String
    package var publisher: String
    @CheckedIfThere<WebAddress> var homepage: String?
  }

  /// The members of the document.
  private struct Document: Decodable {
    let version: Int
    let updated: String
    let collections: [String: Collection]
    let citations: OrderedJSON
    let models: [OrderedJSON]
  }

  /// Hosts that the user trusts this registry to name; `nil`: whichever it names.
  package var hosts: Set<String>?

  /// Version of the format that this nnx reads.
  package static let schema = 1

  /// Name of the registry that nnx comes with.
  package static let ownName = "nnx"

  /// What people call it: `REGISTRY/NAME` selects one of its models.
  package var name = Registry.ownName
  /// What to call the registry in messages: its path or address, or `the registry inside nnx`.
  package let source: String
  /// Folder or address below which files that come with the registry lie; `nil` for the copy inside
  /// the binary.
  package let folder: String?
  /// As it was read.
  package let document: OrderedJSON
  /// Grows by one with every change.
  package let version: Int
  /// Date of that change, `2026-11-23`.
  package let updated: String
  /// By key.
  let collections: [String: Collection]
  /// Works that entries cite, by key.
  package let citations: [String: Citation]
  /// In the order of the file.
  package let models: [ModelCard]
  /// Positions in `models`, by name and alias.
  private let positions: [String: Int]
  /// The registries that this one is made of, in the order of their priority; empty for one document.
  private let members: [Registry]
  /// Positions in `members` of the registries that `models` stand in.
  private let homes: [Int]

  /// Reads a registry.
  ///
  /// - Parameters:
  ///   - document: what docs/format/registry.md describes.
  ///   - source: what to call it in messages.
  ///   - folder: where the files beside it lie.
  /// - Throws: `invalid-registry`, `newer-registry`.
  package init(_ document: OrderedJSON, source: String, folder: String?) throws(NNXError) {
    let members: Document = try document.document(
      .sparse, schema: Self.schema,
      newer: {
        NNXError(
          .newerRegistry, "\(source) has schema \($0); this nnx reads up to \(Self.schema)",
          fixes: ["Update nnx, or use the registry that came with it"])
      }, invalid: { NNXError(.invalidRegistry, $0.sentence(in: source)) })
    self.source = source
    self.folder = folder
    self.document = document
    version = members.version
    updated = members.updated
    collections = members.collections
    var citations: [String: Citation] = [:]
    do throws(DocumentProblem) {
      for work in members.citations.members ?? [] { citations[work.key] = try Citation(work) }
    } catch {
      throw NNXError(.invalidRegistry, error.within("citations").sentence(in: source))
    }
    self.citations = citations
    var models: [ModelCard] = []
    for (index, entry) in members.models.enumerated() {
      models.append(
        try ModelCard(parsing: entry, citations: citations, at: "\(source).models[\(index)]"))
    }
    self.models = models
    positions = try Self.index(models, at: source)
    self.members = []
    homes = []
    try checkReferences()
  }

  /// Several registries as one. Of a name that two of them have, the first one's entry counts.
  ///
  /// - Parameter registries: at least one, by priority.
  package init(merging registries: [Registry]) {
    let first = registries[0]
    name = first.name
    source = first.source
    folder = first.folder
    document = first.document
    version = first.version
    updated = first.updated
    collections = registries.reduce(into: [:]) { $0.merge($1.collections) { first, _ in first } }
    citations = registries.reduce(into: [:]) { $0.merge($1.citations) { first, _ in first } }
    var models: [ModelCard] = []
    var positions: [String: Int] = [:]
    var homes: [Int] = []
    for (home, registry) in registries.enumerated() {
      for card in registry.models where positions[card.name] == nil {
        for name in [card.name] + card.aliases where positions[name] == nil {
          positions[name] = models.count
        }
        models.append(card)
        homes.append(home)
      }
    }
    self.models = models
    self.positions = positions
    self.homes = homes
    members = registries
  }

  /// The documents behind this registry, by priority.
  package var parts: [Registry] { members.isEmpty ? [self] : members }

  /// The document that `card` stands in.
  package func home(of card: ModelCard) -> Registry {
    guard !members.isEmpty else { return self }
    if let position = positions[card.name], models[position] == card {
      return members[homes[position]]
    }
    return members.first { $0.card(named: card.name) == card } ?? members[0]
  }

  /// Reads the registry at `path`.
  ///
  /// - Throws: `file-not-found`, `unreadable`, `invalid-json`, and as `init(_:source:folder:)`.
  package init(contentsOf path: String) throws(NNXError) {
    try self.init(
      OrderedJSON(contentsOf: path), source: path, folder: Folder.absolute(parentFolder(path)))
  }

  /// The entry called `name`, by name or alias, in any case, or by `REGISTRY/NAME`; `nil` when there
  /// is none.
  package func card(named name: String) -> ModelCard? {
    if let position = positions[name.lowercased()] { return models[position] }
    let halves = name.split(separator: "/", omittingEmptySubsequences: false)
    guard halves.count == 2, let part = parts.first(where: { $0.name == halves[0] }) else {
      return nil
    }
    return part.card(named: String(halves[1]))
  }

  /// The entries whose weights come from the Zenodo record or concept `number`.
  package func cards(fromRecord number: Int) -> [ModelCard] {
    models.filter { $0.weights.contains { $0.belongs(toRecord: number) } }
  }

  /// Where a published file lies, with what is known about it, and who may serve it.
  ///
  /// - Throws: `file-not-found` when it comes with nnx, and the binary was copied away from its files.
  func remoteFile(
    _ file: WeightSet.File, of set: WeightSet
  ) throws(NNXError) -> RemoteFile {
    var urls = set.addresses(of: file)
    if let path = file.path {
      let own = try localPath(of: path)
      // Beside a registry on the web the file is one more mirror; beside a local one it is here, or not
      // mirrored yet.
      if !EmbeddedFile.isLocal(own) {
        urls.insert(own, at: 0)
      } else if urls.isEmpty || !own.hasPrefix("/") || Folder.kind(own) != nil {
        urls = [own]
      }
    }
    var remote = RemoteFile(
      name: file.key, urls: urls, size: file.size, md5: file.md5, sha256: file.sha256)
    let named = Set(urls.compactMap { URLParts($0)?.policyName })
    remote.members = file.members
    remote.hosts = hosts.map(named.intersection) ?? named
    return remote
  }

  /// Where a file that comes with the registry lies: a path, or an address. One that is not beside the
  /// registry is taken from the binary, where it carries it.
  ///
  /// - Throws: `file-not-found` when the binary was copied away from its files.
  func localPath(of path: String) throws(NNXError) -> String {
    guard let folder else {
      guard let address = EmbeddedFile.address(of: path) else {
        throw NNXError(
          .fileNotFound, "\(path) does not come with this copy of nnx",
          fixes: ["Name the registry that it lies beside: --registry FOLDER/registry.json"])
      }
      return address
    }
    guard folder.contains("://") else {
      let own = "\(folder)/\(path)"
      return Folder.kind(own) == nil ? EmbeddedFile.address(of: path) ?? own : own
    }
    return "\(folder)/\(percentEncoded(path: path))"
  }

  private static func index(
    _ models: [ModelCard], at source: String
  ) throws(NNXError) -> [String: Int] {
    var positions: [String: Int] = [:]
    for (position, card) in models.enumerated() {
      for name in [card.name] + card.aliases {
        if positions.updateValue(position, forKey: name) != nil {
          throw NNXError(.invalidRegistry, "\(source): the name '\(name)' is there twice")
        }
      }
    }
    return positions
  }

  /// What entries say about each other must be true.
  private func checkReferences() throws(NNXError) {
    var sets: [String: WeightSet] = [:]
    for card in models {
      func fail(_ reason: String) -> NNXError {
        NNXError(.invalidRegistry, "\(source): \(card.name) \(reason)")
      }
      if collections[card.collection] == nil {
        throw fail("belongs to the unknown collection '\(card.collection)'")
      }
      for name in card.related.map(\.name) + [card.replacedBy].compactMap(\.self)
      where positions[name] == nil {
        throw fail("names '\(name)', which is not there")
      }
      for set in card.weights {
        if let known = sets.updateValue(set, forKey: set.id), known != set {
          throw fail("describes the weights '\(set.id)' otherwise than another entry")
        }
      }
    }
  }
}
