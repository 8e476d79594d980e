import NNXSystem

/// Which hosts nnx talks to, and which of them see a token.
struct HostPolicy: Sendable {
  /// Places of publication, with their machines and tokens.
  let publishers: [any PublishingHost]
  /// Host, or host:port for another port than 443.
  var hosts: Set<String>
  /// Tests only: plain HTTP to these, as host:port.
  var plain: Set<String> = []
  /// Whether a redirect may lead to this machine or its neighbours: where the user named the only host
  /// that there is.
  var trustsRedirects = false

  /// - Parameters:
  ///   - publishers: their own machines are permitted.
  ///   - hosts: besides: those that the registries in use name.
  init(
    publishers: [any PublishingHost] = publishingHosts(), hosts: some Sequence<String> = []
  ) {
    self.publishers = publishers
    self.hosts = publishers.reduce(into: Set(hosts)) { $0.formUnion($1.hosts) }
  }

  /// The place of publication that an address belongs to.
  func publisher(of url: String) -> (any PublishingHost)? {
    URLParts(url).flatMap { parts in publishers.first { $0.hosts.contains(parts.policyName) } }
  }

  /// The same policy with further hosts, for files whose registry names them.
  func allowing(_ more: Set<String>) -> HostPolicy {
    var policy = self
    policy.hosts.formUnion(more)
    return policy
  }

  /// Checks an address before anything is sent.
  ///
  /// - Throws: `forbidden-host`.
  func check(_ url: String) throws(NNXError) {
    guard let parts = URLParts(url) else {
      throw NNXError(.forbiddenHost, "'\(url)' is not an address that nnx can fetch")
    }
    if parts.scheme == "http", plain.contains(parts.authority) { return }
    guard parts.scheme == "https" else {
      throw NNXError(
        .forbiddenHost, "\(url) is refused: nnx fetches over https only",
        details: ["Nothing was fetched from there."])
    }
    guard hosts.contains(parts.policyName) else {
      throw NNXError(
        .forbiddenHost, "\(parts.authority) is not a host that the registry names",
        details: ["Address: \(url)", "Nothing was fetched from there."],
        fixes: ["If you trust it, add a registry or a mirror that names it: nnx registry add URL"])
    }
  }

  /// The token, if `url` may see it.
  func authorization(for url: String) -> String? {
    guard let parts = URLParts(url), parts.scheme == "https" else { return nil }
    let token = publishers.map(\.token).first { $0.host == parts.policyName }
    return token?.value.map { "Bearer \($0)" }
  }
}
