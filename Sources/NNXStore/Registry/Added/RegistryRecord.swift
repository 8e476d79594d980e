import NNXModel
import NNXSystem

/// What is remembered of a registry that was added: its identity, and how far its index has come.
package struct RegistryRecord: Codable, Equatable, Sendable {
  @Checked<ModelName> package var name: String
  private let document: String
  private let base: String
  /// Asked before the registry that nnx comes with.
  package var isFirst: Bool
  /// Hosts besides those of places of publication that the user trusts it to name.
  package var hosts: [String]
  /// Of the stored index; an index with a lower one is refused.
  package var version: Int
  /// Of the stored index; one version has one content.
  @Checked<SHA256Text> package var sha256: String
  var tag: String?
  /// When the index was last fetched or confirmed, UTC.
  package var checked: String

  private enum CodingKeys: String, CodingKey {
    case name, document, base
    case isFirst = "first"
    case hosts, version, sha256
    case tag = "etag"
    case checked
  }

  init(_ candidate: RegistryCandidate, name: String, isFirst: Bool) {
    self.name = name
    document = candidate.source.document
    base = candidate.source.base
    self.isFirst = isFirst
    hosts = candidate.hosts
    version = candidate.registry.version
    sha256 = candidate.sha256
    tag = candidate.tag
    checked = ProcessFacts.timestamp
  }

  package var source: RegistrySource { RegistrySource(document: document, base: base) }

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
