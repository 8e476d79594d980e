import NNXSystem

/// Which hosts nnx talks to, and which of them may see the Zenodo token.
package struct HostPolicy: Sendable {
  /// Host, or host:port for another port than 443.
  package var hosts: Set<String>
  /// Sent to zenodo.org only.
  package var token: String?
  /// Tests only: plain HTTP to these, as host:port.
  package var plain: Set<String> = []

  /// - Parameter hosts: besides zenodo.org: the hosts that the registries in use name.
  package init(hosts: some Sequence<String> = [], token: String? = nil) {
    self.hosts = Set(hosts).union(["zenodo.org", "www.zenodo.org"])
    self.token = token
  }

  /// The same policy with further hosts, for files whose registry names them.
  package func allowing(_ more: Set<String>) -> HostPolicy {
    var policy = self
    policy.hosts.formUnion(more)
    return policy
  }

  /// Checks an address before anything is sent.
  ///
  /// - Throws: `forbidden-host`.
  package func check(_ url: String) throws(NNXError) {
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
    guard let token, let parts = URLParts(url), parts.scheme == "https",
      parts.host == "zenodo.org", parts.port == nil || parts.port == 443
    else { return nil }
    return "Bearer \(token)"
  }
}

/// Scheme, host and port of an address. Strict: no user names, no odd characters.
package struct URLParts: Equatable, Sendable {
  /// Lower case.
  package var scheme: String
  /// Lower case; an IPv6 address keeps its brackets.
  package var host: String
  package var port: Int?

  /// As a `HostPolicy` lists it: the host, with the port unless it is 443.
  package var policyName: String { port == nil || port == 443 ? host : authority }

  /// Host and port as written in lower case.
  package var authority: String { port.map { "\(host):\($0)" } ?? host }

  package init?(_ url: String) {
    guard url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }),
      let colon = url.firstIndex(of: ":"), url[colon...].hasPrefix("://")
    else { return nil }
    scheme = url[..<colon].lowercased()
    let rest = url[url.index(colon, offsetBy: 3)...]
    let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }.lowercased()
    guard !authority.isEmpty, !authority.contains("@") else { return nil }
    if let colon = authority.lastIndex(of: ":"), !authority.hasSuffix("]") {
      host = String(authority[..<colon])
      guard let number = Int(authority[authority.index(after: colon)...]),
        (1...65535).contains(number)
      else { return nil }
      port = number
    } else {
      host = authority
      port = nil
    }
    guard !host.isEmpty, !host.hasPrefix("[") == !host.contains(":") else { return nil }
  }
}
