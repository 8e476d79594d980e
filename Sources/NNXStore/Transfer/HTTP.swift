import NNXSystem

/// One GET request.
package struct HTTPRequest: Sendable, Equatable {
  package var url: String
  /// Without `User-Agent` and `Authorization`, which the client adds.
  package var headers: [(name: String, value: String)] = []
  /// Whether a host named the address, and not the registry or the user: such a one may not lead to
  /// this machine or its neighbours.
  package var isRedirected = false

  package init(_ url: String, headers: [(name: String, value: String)] = []) {
    self.url = url
    self.headers = headers
  }

  package static func == (a: Self, b: Self) -> Bool {
    a.url == b.url && a.isRedirected == b.isRedirected
      && a.headers.elementsEqual(b.headers, by: ==)
  }
}

/// Status and headers of an answer.
package struct HTTPHead: Sendable {
  package var status: Int
  /// In the order of arrival; names in lower case.
  package var headers: [(name: String, value: String)]

  package init(status: Int, headers: [(name: String, value: String)] = []) {
    self.status = status
    self.headers = headers
  }

  /// The value of a header; `nil` when it is missing or was sent with two different values.
  package subscript(name: String) -> String? {
    let values = Set(headers.filter { $0.name == name }.map(\.value))
    return values.count == 1 ? values.first : nil
  }

  /// The entity tag, when it is a strong one: a weak one does not promise equal bytes.
  package var strongTag: String? {
    guard let tag = self["etag"], tag.hasPrefix("\""), tag.count > 2, tag.hasSuffix("\"") else {
      return nil
    }
    return tag
  }

  /// Bytes of the body as stated by `Content-Length`.
  package var contentLength: Int? {
    self["content-length"].flatMap { text in
      text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(text) : nil
    }
  }

  /// First byte and size of the whole file, as stated by `Content-Range: bytes 5-9/10`.
  package var contentRange: ContentRange? { self["content-range"].flatMap(ContentRange.init) }
}

/// The value of a `Content-Range` header (RFC 9110, 14.4).
package struct ContentRange: Equatable, Sendable {
  package var first: Int
  package var last: Int
  package var total: Int

  /// `nil` unless the text is `bytes FIRST-LAST/TOTAL` and makes sense.
  package init?(_ text: String) {
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
package protocol HTTPClient: Sendable {
  /// Sends a request, follows no redirect.
  ///
  /// - Parameters:
  ///   - onHead: called once, before any byte of the body.
  ///   - onBytes: called with each piece of the body.
  /// - Returns: the head, when the whole body has arrived.
  /// - Throws: `HTTPFailure` when the answer did not arrive; what the closures throw.
  func get(
    _ request: HTTPRequest, onHead: (HTTPHead) throws -> Void,
    onBytes: (RawSpan) throws -> Void
  ) throws -> HTTPHead
}

/// Why no complete answer arrived.
package struct HTTPFailure: Error, Equatable, Sendable {
  package enum Kind: Sendable {
    /// Worth another try: no connection, a stall, a cut.
    case transient
    /// Certificates, protocols, addresses that do not exist.
    case permanent
  }

  package var kind: Kind
  /// As the library says it.
  package var reason: String

  package init(_ kind: Kind, _ reason: String) {
    self.kind = kind
    self.reason = reason
  }
}
