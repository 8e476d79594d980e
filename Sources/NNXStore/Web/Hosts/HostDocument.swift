import NNXSystem

extension Web {
  /// Asks the API of a host for what it knows of a record.
  ///
  /// - Parameters:
  ///   - longest: bytes of the answer; more are refused.
  ///   - name: what to call the record.
  ///   - missing: the error when there is none.
  /// - Throws: `missing`; `offline`, `unreachable`, `host-refused`, `rate-limited`.
  func record(
    at url: String, headers: [(name: String, value: String)], atMost longest: Int, name: String,
    missing: () -> NNXError
  ) throws(NNXError) -> OrderedJSON {
    guard !isOffline else {
      throw NNXError(
        .offline, "\(name) must be looked up, and --offline is set",
        fixes: ["Download the file by other means, then: nnx install FILE --name NAME"])
    }
    var request = Web.Request(url: url, headers: headers)
    request.advice = [
      "Try again later, or download the file and run: nnx install FILE --name NAME"
    ]
    return try document(request) { (count) throws(NNXError) in
      guard count <= longest else {
        throw NNXError(.hostRefused, "\(url) answered with more than a record")
      }
    } read: { (answer, body) throws(NNXError) in
      switch answer.kind {
      case .whole:
        // Cut short without a word, or a page of somebody in between.
        guard let json = try? OrderedJSON(parsing: body, source: url) else {
          throw .transient("answered with something else than a record", .hostRefused)
        }
        return json
      case .missing: throw missing()
      default: throw answer.refusal()
      }
    }
  }
}

extension OrderedJSON {
  /// Bytes of a file as a host states them; `nil` where it does not.
  ///
  /// - Parameter refusal: for a size that no file has, and that could not be added to others.
  func statedSize(_ refusal: @autoclosure () -> NNXError) throws(NNXError) -> Int? {
    guard let int else { return nil }
    guard (0...ReadingRules.largestNumber).contains(int) else { throw refusal() }
    return int
  }
}

/// The parts of the path of a plain address; empty for another machine, with a query, or where a part leads
/// elsewhere.
func addressParts(_ url: String, of host: String) -> [String] {
  guard let address = URLParts(url), address.scheme == "https", address.policyName == host,
    !url.contains("?"), !url.contains("#")
  else { return [] }
  let parts = url.split(separator: "/", omittingEmptySubsequences: false).dropFirst(3)
    .map(String.init)
  let isPlain = parts.allSatisfy { part in
    guard let decoded = percentDecoded(part) else { return false }
    return !["", ".", ".."].contains(decoded) && !decoded.contains("/") && !decoded.contains("\0")
  }
  return isPlain ? parts : []
}
