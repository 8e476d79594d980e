import NNXModel
import NNXSystem

extension NNXError.Code {
  /// No entry of the registry has that name.
  package static let unknownModel = NNXError.Code("unknown-model", .notFound)
  /// The registry has the model, but not in that version.
  package static let unknownVersion = NNXError.Code("unknown-version", .notFound)
  /// The registry was written for a later nnx.
  package static let newerRegistry = NNXError.Code("newer-registry", .configuration)
}

/// The models that can be installed by name: `registry.json`, checked (docs/format/registry.md).
package struct Registry: Sendable {
  /// A family of models from one publisher.
  package struct Collection: Equatable, Sendable {
    package var title: String
    package var publisher: String
    package var homepage: String?
  }

  /// Version of the format that this nnx reads.
  package static let schema = 1

  /// What to call the registry in messages: its path, or `the registry inside nnx`.
  package let source: String
  /// Where files that come with the registry lie; `nil` for the copy inside the binary.
  package let folder: String?
  /// Grows by one with every change.
  package let version: Int
  /// Date of that change, `2026-11-23`.
  package let updated: String
  /// By key.
  package let collections: [String: Collection]
  /// In the order of the file.
  package let models: [ModelCard]
  /// Positions in `models`, by name and alias.
  private let positions: [String: Int]

  /// Reads a registry.
  ///
  /// - Parameters:
  ///   - document: what docs/format/registry.md describes.
  ///   - source: what to call it in messages.
  ///   - folder: where the files beside it lie.
  /// - Throws: `invalid-registry`, `newer-registry`.
  package init(_ document: OrderedJSON, source: String, folder: String?) throws(NNXError) {
    let fields = try RegistryFields(document, at: source)
    let schema = try fields.int("schema")
    guard schema <= Self.schema else {
      throw NNXError(
        .newerRegistry, "\(source) has schema \(schema); this nnx reads up to \(Self.schema)",
        fixes: ["Update nnx, or use the registry that came with it"])
    }
    self.source = source
    self.folder = folder
    version = try fields.int("version")
    updated = try fields.string("updated")
    var collections: [String: Collection] = [:]
    for (key, collection) in try fields.table("collections") {
      collections[key] = Collection(
        title: try collection.string("title"), publisher: try collection.string("publisher"),
        homepage: try collection.optionalAddress("homepage"))
    }
    self.collections = collections
    var citations: [String: Citation] = [:]
    for (key, work) in try fields.table("citations") {
      citations[key] = try Citation(key: key, parsing: work)
    }
    models = try fields.list("models") { (entry) throws(NNXError) in
      try ModelCard(parsing: entry.json, citations: citations, at: entry.place)
    }
    positions = try Self.index(models, at: source)
    try checkReferences()
  }

  /// Reads the registry at `path`.
  ///
  /// - Throws: `file-not-found`, `unreadable`, `invalid-json`, and as `init(_:source:folder:)`.
  package init(contentsOf path: String) throws(NNXError) {
    try self.init(OrderedJSON(contentsOf: path), source: path, folder: parentFolder(path))
  }

  /// The entry called `name`, by name or alias, in any case; `nil` when there is none.
  package func card(named name: String) -> ModelCard? {
    positions[name.lowercased()].map { models[$0] }
  }

  /// The entries whose weights come from the Zenodo record or concept `number`.
  package func cards(fromRecord number: Int) -> [ModelCard] {
    models.filter { $0.weights.contains { $0.belongs(toRecord: number) } }
  }

  /// Where a file that comes with the registry lies.
  ///
  /// - Throws: `file-not-found` when the binary was copied away from its files.
  package func localPath(of path: String) throws(NNXError) -> String {
    guard let folder else {
      throw NNXError(
        .fileNotFound, "\(path) does not come with this copy of nnx",
        fixes: ["Point to the registry of the repository: export NNX_REGISTRY=…/registry.json"])
    }
    return folder + "/" + path
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

extension RegistryFields {
  /// The members of a table of objects, in order.
  fileprivate func table(_ key: String) throws(NNXError) -> [(String, RegistryFields)] {
    guard let table = try object(key) else { throw failure(key, "is missing") }
    var members: [(String, RegistryFields)] = []
    for member in table.json.members ?? [] {
      let place = "\(table.place).\(member.key)"
      members.append((member.key, try RegistryFields(member.value, at: place)))
    }
    return members
  }
}
