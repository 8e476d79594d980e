import NNXSystem

/// Scheme, host and port of an address. Strict: no user names, no odd characters.
package struct URLParts: Equatable, Sendable {
  /// Lower case.
  package var scheme: String
  /// Lower case; an IPv6 address keeps its brackets.
  package var host: String
  package var port: Int?

  /// As a `HostPolicy` lists it: the host, with the port unless it is 443.
  var policyName: String { port == nil || port == 443 ? host : authority }

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

/// The address that a `Location` header means.
func resolve(_ location: String, from base: String) -> String? {
  if URLParts(location) != nil { return location }
  guard let parts = URLParts(base), !location.contains("://") else { return nil }
  if location.hasPrefix("//") { return "\(parts.scheme):\(location)" }
  if location.hasPrefix("/") { return "\(parts.scheme)://\(parts.authority)\(location)" }
  return nil
}
