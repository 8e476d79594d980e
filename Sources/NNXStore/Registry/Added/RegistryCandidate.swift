import NNXModel
import NNXSystem

/// An index that was fetched and understood, before anyone decided to use it.
package struct RegistryCandidate: Sendable {
  package var source: RegistrySource
  package var registry: Registry
  package var bytes: [UInt8]
  package var sha256: String
  var tag: String?
  /// Hosts besides those of places of publication that its files lie on, sorted.
  package var hosts: [String]

  /// - Throws: `invalid-json`, `invalid-registry`, `newer-registry`.
  init(_ answer: RegistryDocument, from source: RegistrySource) throws(NNXError) {
    self.source = source
    bytes = answer.bytes
    tag = answer.tag
    registry = try Registry(
      OrderedJSON(parsing: bytes, source: source.document), source: source.document,
      folder: source.base)
    sha256 = Digest.sha256(bytes)
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
    registry.names.filter { other.card(named: $0) != nil }.sorted()
  }

  /// Names that differ by one letter from a name of `other`: easily mistaken, perhaps on purpose.
  package func lookalikes(of other: Registry) -> [(name: String, known: String)] {
    var found: [(name: String, known: String)] = []
    for name in registry.names.sorted() where other.card(named: name) == nil {
      for known in other.names where editDistance(name, known) == 1 {
        found.append((name, known))
      }
    }
    return found
  }
}
