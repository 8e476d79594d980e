import NNXSystem

/// One GET request.
struct HTTPRequest: Sendable {
  var url: String
  /// Without `User-Agent` and `Authorization`, which the client adds.
  var headers: [(name: String, value: String)]
  /// Whether a host named the address, and not the registry or the user: such a one may not lead to
  /// this machine or its neighbours.
  var isRedirected = false

  init(_ url: String, headers: [(name: String, value: String)] = []) {
    self.url = url
    self.headers = headers
  }
}

/// Status and headers of an answer.
struct HTTPHead: Sendable {
  var status: Int
  /// In the order of arrival; names in lower case.
  var headers: [(name: String, value: String)] = []

  /// The value of a header; `nil` when it is missing or was sent with two different values.
  subscript(name: String) -> String? {
    let values = Set(headers.filter { $0.name == name }.map(\.value))
    return values.count == 1 ? values.first : nil
  }

  /// The entity tag, when it is a strong one: a weak one does not promise equal bytes.
  var strongTag: String? {
    guard let tag = self["etag"], tag.hasPrefix("\""), tag.count > 2, tag.hasSuffix("\"") else {
      return nil
    }
    return tag
  }

  /// The MD5 of the whole file, where a host gives it as entity tag: `"md5:…"`, as Zenodo does.
  var taggedMD5: String? {
    guard let tag = strongTag, tag.hasPrefix("\"md5:"), tag.utf8.count == 38 else { return nil }
    return String(tag.dropFirst(5).dropLast())
  }

  /// When there may be another request, in seconds since 1970, once none of a limit remain
  /// (`X-RateLimit-Remaining`, `X-RateLimit-Reset`).
  var rateLimitReset: Double? {
    guard self["x-ratelimit-remaining"] == "0",
      let reset = self["x-ratelimit-reset"].flatMap({ Double($0) }), reset.isFinite
    else { return nil }
    return reset
  }

  /// Bytes of the body as stated by `Content-Length`.
  var contentLength: Int? {
    self["content-length"].flatMap { text in
      text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(text) : nil
    }
  }

  /// First byte and size of the whole file, as stated by `Content-Range: bytes 5-9/10`.
  var contentRange: ContentRange? { self["content-range"].flatMap(ContentRange.init) }
}

/// The value of a `Content-Range` header (RFC 9110, 14.4).
struct ContentRange: Equatable, Sendable {
  var first: Int
  var last: Int
  var total: Int

  /// Bytes of the part.
  var count: Int { last - first + 1 }

  /// `nil` unless the text is `bytes FIRST-LAST/TOTAL` and makes sense.
  init?(_ text: String) {
    guard text.hasPrefix("bytes ") else { return nil }
    let numbers = text.dropFirst(6).split(
      omittingEmptySubsequences: false, whereSeparator: { $0 == "-" || $0 == "/" })
    guard numbers.count == 3,
      numbers.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }),
      let first = Int(numbers[0]), let last = Int(numbers[1]), let total = Int(numbers[2]),
      first <= last, last < total
    else { return nil }
    self.first = first
    self.last = last
    self.total = total
  }
}

/// What fetches over HTTP: libcurl, or a stand-in of a test.
protocol HTTPClient: Sendable {
  /// Sends a request, follows no redirect.
  ///
  /// - Parameters:
  ///   - onHead: called once, before any byte of the body.
  ///   - onBytes: called with each piece of the body.
  /// - Returns: the head, when the whole body has arrived.
  /// - Throws: an error with `retry` when the answer did not arrive and may come with another try (no
  ///   connection, a stall, a cut); `unreachable` where it cannot (certificates, protocols); what the
  ///   closures throw.
  func get(
    _ request: HTTPRequest, onHead: (HTTPHead) throws(NNXError) -> Void,
    onBytes: (RawSpan) throws(NNXError) -> Void
  ) throws(NNXError) -> HTTPHead
}

extension NNXError {
  /// A host that must not be talked to, or cannot be with the means of this machine.
  static func unsafeHost(_ url: String, _ reason: String) -> NNXError {
    NNXError(
      .unreachable, "\(URLParts(url)?.authority ?? url) cannot be reached safely",
      details: [reason],
      fixes: ["Check the proxy and the certificates: https_proxy, SSL_CERT_FILE"])
  }
}
