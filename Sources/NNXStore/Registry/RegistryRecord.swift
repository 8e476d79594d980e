import NNXModel
import NNXSystem

/// What is remembered of a registry that was added: its identity, and how far its index has come.
package struct RegistryRecord: Equatable, Sendable {
  package var name: String
  package var source: RegistrySource
  /// Asked before the registry that nnx comes with.
  package var isFirst: Bool
  /// Hosts besides zenodo.org that the user trusts it to name.
  package var hosts: [String]
  /// Of the stored index; an index with a lower one is refused.
  package var version: Int
  /// Of the stored index; one version has one content.
  package var sha256: String
  package var tag: String?
  /// When the index was last fetched or confirmed, UTC.
  package var checked: String

  init(_ fields: RegistryFields) throws(NNXError) {
    name = try fields.modelName("name")
    source = RegistrySource(
      document: try fields.string("document"), base: try fields.string("base"))
    isFirst = try fields.bool("first")
    hosts = try fields.strings("hosts")
    version = try fields.int("version")
    guard let sha256 = try fields.digest("sha256", digits: 64) else {
      throw fields.failure("sha256", "is missing")
    }
    self.sha256 = sha256
    tag = try fields.optionalString("etag")
    checked = try fields.string("checked")
  }

  init(_ candidate: RegistryCandidate, name: String, isFirst: Bool) {
    self.name = name
    source = candidate.source
    self.isFirst = isFirst
    hosts = candidate.hosts
    version = candidate.registry.version
    sha256 = candidate.sha256
    tag = candidate.tag
    checked = ProcessFacts.timestamp
  }

  var json: OrderedJSON {
    [
      "name": .string(name), "document": .string(source.document), "base": .string(source.base),
      "first": .bool(isFirst), "hosts": OrderedJSON(hosts), "version": .int(version),
      "sha256": .string(sha256), "etag": OrderedJSON(tag), "checked": .string(checked),
    ]
  }

  /// Whether an index may take the place of the one that is known.
  ///
  /// - Throws: `older-registry` for a lower version, and for another content of the same version.
  func check(_ candidate: RegistryCandidate) throws(NNXError) {
    let new = candidate.registry.version
    guard new >= version, new > version || candidate.sha256 == sha256 else {
      throw NNXError(
        .olderRegistry,
        new < version
          ? "\(source.document) went back from version \(version) to \(new)"
          : "\(source.document) changed without a new version (\(version))",
        details: [
          "known  version \(version)  sha256 \(sha256)",
          "now    version \(new)  sha256 \(candidate.sha256)", "The known index stays in use.",
        ],
        fixes: [
          "Ask those who keep the registry; if it is right: nnx registry remove \(name), then add it"
        ])
    }
  }
}

/// An index that was fetched and understood, before anyone decided to use it.
package struct RegistryCandidate: Sendable {
  package var source: RegistrySource
  package var registry: Registry
  package var bytes: [UInt8]
  package var sha256: String
  package var tag: String?
  /// Hosts besides zenodo.org that its files lie on, sorted.
  package var hosts: [String]

  /// - Throws: `invalid-json`, `invalid-registry`, `newer-registry`.
  init(_ answer: RegistryFetcher.Answer, from source: RegistrySource) throws(NNXError) {
    self.source = source
    bytes = answer.bytes
    tag = answer.tag
    registry = try Registry(
      OrderedJSON(parsing: bytes, source: source.document), source: source.document,
      folder: source.base)
    let digest = Digest(.sha256)
    digest.update(bytes)
    sha256 = digest.finish()
    var hosts: Set<String> = []
    for set in registry.models.flatMap(\.weights) {
      for file in set.files {
        var urls = file.mirrors
        if file.path != nil { urls.append(source.document) }
        hosts.formUnion(urls.compactMap { URLParts($0)?.policyName })
      }
    }
    self.hosts = hosts.subtracting(HostPolicy().hosts).sorted()
  }

  /// Names that another registry has too: the first one's model counts.
  package func collisions(with other: Registry) -> [String] {
    registry.models.map(\.name).filter { other.card(named: $0) != nil }.sorted()
  }

  /// Names that differ by one letter from a name of `other`: easily mistaken, perhaps on purpose.
  package func lookalikes(of other: Registry) -> [(name: String, known: String)] {
    var found: [(name: String, known: String)] = []
    for name in registry.models.map(\.name).sorted() where other.card(named: name) == nil {
      for known in other.models.map(\.name) where editDistance(name, known) == 1 {
        found.append((name, known))
      }
    }
    return found
  }
}
