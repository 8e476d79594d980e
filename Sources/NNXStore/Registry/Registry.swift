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
  package var document: OrderedJSON { whole.value }
  private let whole: Once<OrderedJSON>
  /// Grows by one with every change.
  package let version: Int
  /// Date of that change, `2026-11-23`.
  package let updated: String
  /// By key.
  var collections: [String: Collection] { families.value }
  private let families: Once<[String: Collection]>
  /// Works that entries cite, by key.
  package var citations: [String: Citation] { works.value }
  private let works: Once<[String: Citation]>
  /// In the order of the file. Makes all of them; `names` and `card(named:)` cost less.
  package var models: [ModelCard] { entries.all }
  /// What the models are called, in the order of the file.
  package var names: [String] { entries.names.map { $0[0] } }
  let entries: RegistryEntries
  /// Positions in `entries`, by name and alias.
  private let positions: [String: Int]
  /// Where the entries stand in the text, for a document that is read piece by piece.
  let text: RegistryText?
  /// The registries that this one is made of, in the order of their priority; empty for one document.
  private let members: [Registry]
  /// Positions in `members` of the registries that `models` stand in.
  private let homes: [Int]

  /// Reads a registry, all of it.
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
    whole = Once { document }
    text = nil
    version = members.version
    updated = members.updated
    families = Once { members.collections }
    let citations = try Self.citations(members.citations, at: source)
    works = Once { citations }
    var models: [ModelCard] = []
    for (index, entry) in members.models.enumerated() {
      models.append(
        try ModelCard(parsing: entry, citations: citations, at: "\(source).models[\(index)]"))
    }
    entries = RegistryEntries(models)
    positions = try Self.index(entries.names, at: source)
    self.members = []
    homes = []
    try checkReferences()
  }

  /// A registry that was checked before: each entry is read when somebody asks for it.
  ///
  /// - Throws: `invalid-registry` when even its outline is none.
  init(_ text: RegistryText, folder: String?) throws(NNXError) {
    source = text.source
    self.folder = folder
    self.text = text
    whole = Once { text.document }
    version = try text.member("version").int ?? 0
    updated = try text.member("updated").string ?? ""
    families = Once { text.collections }
    let works = Once { text.citations }
    self.works = works
    entries = RegistryEntries(names: text.skim.entries.map { [$0.name] + $0.aliases }) {
      text.card($0, citing: works.value)
    }
    positions = try Self.index(entries.names, at: source)
    members = []
    homes = []
  }

  /// Several registries as one. Of a name that two of them have, the first one's entry counts.
  ///
  /// - Parameter registries: at least one, by priority.
  package init(merging registries: [Registry]) {
    let first = registries[0]
    name = first.name
    source = first.source
    folder = first.folder
    whole = first.whole
    text = nil
    version = first.version
    updated = first.updated
    families = Once {
      registries.reduce(into: [:]) { $0.merge($1.collections) { first, _ in first } }
    }
    works = Once { registries.reduce(into: [:]) { $0.merge($1.citations) { first, _ in first } } }
    var chosen: [(home: Int, position: Int)] = []
    var positions: [String: Int] = [:]
    var homes: [Int] = []
    for (home, registry) in registries.enumerated() {
      for (position, names) in registry.entries.names.enumerated()
      where positions[names[0]] == nil {
        for name in names where positions[name] == nil { positions[name] = chosen.count }
        chosen.append((home, position))
        homes.append(home)
      }
    }
    let places = chosen
    entries = RegistryEntries(
      names: places.map { registries[$0.home].entries.names[$0.position] }
    ) { registries[places[$0].home].entries[places[$0].position] }
    self.positions = positions
    self.homes = homes
    members = registries
  }

  /// The documents behind this registry, by priority.
  package var parts: [Registry] { members.isEmpty ? [self] : members }

  /// The document that `card` stands in.
  package func home(of card: ModelCard) -> Registry {
    guard !members.isEmpty else { return self }
    if let position = positions[card.name], entries[position] == card {
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
    if let position = positions[name.lowercased()] { return entries[position] }
    let halves = name.split(separator: "/", omittingEmptySubsequences: false)
    guard halves.count == 2, let part = parts.first(where: { $0.name == halves[0] }) else {
      return nil
    }
    return part.card(named: String(halves[1]))
  }

  /// The name of the entry that `name` means, by name or alias, in any case, or by `REGISTRY/NAME`.
  func ownName(of name: String) -> String? {
    positions[name.lowercased()].map { entries.names[$0][0] } ?? card(named: name)?.name
  }

  /// The entry called `name` as it stands in its document.
  func entry(named name: String) -> OrderedJSON? {
    guard let position = positions[name.lowercased()] else { return nil }
    return text.flatMap { try? $0.entry(position) } ?? entries[position].entry
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

  /// The table of works.
  ///
  /// - Throws: `invalid-registry`.
  static func citations(
    _ table: OrderedJSON, at source: String
  ) throws(NNXError) -> [String: Citation] {
    var citations: [String: Citation] = [:]
    do throws(DocumentProblem) {
      for work in table.members ?? [] { citations[work.key] = try Citation(work) }
    } catch {
      throw NNXError(.invalidRegistry, error.within("citations").sentence(in: source))
    }
    return citations
  }

  private static func index(
    _ names: [[String]], at source: String
  ) throws(NNXError) -> [String: Int] {
    var positions: [String: Int] = [:]
    for (position, names) in names.enumerated() {
      for name in names {
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
