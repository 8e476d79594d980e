import NNXSystem

/// The newest release of nnx, as the page of its releases states it; asked for by the user alone.
package struct LatestRelease: Equatable, Sendable {
  /// `0.2.0`.
  package let version: String

  static let host = "api.github.com"
  static let address = "https://\(host)/repos/nnx-project/nnx/releases/latest"
  private static let mostBytes = 1 << 20

  /// - Throws: `offline`, `unreachable`, `host-refused`.
  package init(asking web: Web) throws(NNXError) {
    guard !web.isOffline else {
      throw NNXError(.offline, "the page of releases must be asked, and --offline is set")
    }
    let request = Web.Request(
      url: Self.address, headers: [("Accept", "application/json")], hosts: [Self.host],
      name: "the page of releases", advice: ["Look there by hand: \(Version.home)"])
    let tag = try web.trying(.brief).document(request) { (count) throws(NNXError) in
      guard count <= Self.mostBytes else { throw Self.useless("is larger than a megabyte") }
    } read: { (_, bytes) throws(NNXError) in
      try OrderedJSON(parsing: bytes, source: "the page of releases")["tag_name"]?.string
    }
    guard let tag, let version = Self.version(tag) else { throw Self.useless("names no version") }
    self.version = version
  }

  /// Whether it is newer than a version.
  package func isNewer(than other: String) -> Bool {
    let (numbers, others) = (Self.numbers(version), Self.numbers(other))
    return others.lexicographicallyPrecedes(numbers)
  }

  /// `0.2.0` of `v0.2.0`; `nil` for what is no version.
  static func version(_ tag: String) -> String? {
    let text = tag.hasPrefix("v") ? String(tag.dropFirst()) : tag
    let numbers = numbers(text)
    return (2...4).contains(numbers.count)
      && numbers.map(String.init).joined(separator: ".") == text
      ? text : nil
  }

  private static func numbers(_ version: String) -> [Int] {
    version.split(separator: ".", omittingEmptySubsequences: false).compactMap { Int($0) }
  }

  private static func useless(_ what: String) -> NNXError {
    NNXError(
      .hostRefused, "the page of releases \(what)", fixes: ["Look there by hand: \(Version.home)"])
  }
}
