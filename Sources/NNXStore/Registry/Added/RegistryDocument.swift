import NNXModel
import NNXSystem

/// A document of a registry, and what its host calls this state of it.
struct RegistryDocument: Sendable {
  var bytes: [UInt8]
  var tag: String?

  /// Bytes; the largest real one has a few hundred thousand.
  static let longest = 16 << 20

  /// Reads a document, from a file or from its host, which redirects may not leave.
  ///
  /// - Parameters:
  ///   - tag: of the state that is known already.
  ///   - web: what asks; hosts that it permits, and tokens, are for others.
  /// - Returns: `nil` when that is still the state.
  /// - Throws: `offline`, `unreachable`, `host-refused`, `forbidden-host`, `file-not-found`,
  ///   `unreadable`, `invalid-registry` when it is too long.
  static func fetch(
    _ source: RegistrySource, unless tag: String?, asking web: Web
  ) throws(NNXError) -> RegistryDocument? {
    func check(_ count: Int) throws(NNXError) {
      guard count <= longest else {
        throw NNXError(.invalidRegistry, "\(source.document) has more than \(longest) bytes")
      }
    }
    guard source.isAddress else {
      let reader = try FileReader(source.document)
      try check(reader.count)
      return RegistryDocument(bytes: try reader.bytes(at: 0, count: reader.count), tag: nil)
    }
    guard !web.isOffline else {
      throw NNXError(.offline, "\(source.document) must be fetched, and --offline is set")
    }
    var web = web.trying(.brief)
    web.hosts = HostPolicy(hosts: [URLParts(source.document)?.policyName ?? ""])
    web.hosts.trustsRedirects = true
    var request = Web.Request(
      url: source.document, headers: [("Accept", "application/json")], name: source.document)
    if let tag { request.headers.append(("If-None-Match", tag)) }
    request.advice = []
    return try web.document(request, check: check) { (answer, bytes) throws(NNXError) in
      switch answer.kind {
      case .whole: return RegistryDocument(bytes: bytes, tag: answer.head.strongTag)
      case .unchanged where tag != nil: return nil
      default: throw answer.refusal("Check the address of the registry")
      }
    }
  }
}
