import NNXSystem

/// Fetches the documents of registries.
package struct RegistryFetcher: Sendable {
  /// A document and what its host calls this state of it.
  package struct Answer: Sendable {
    package var bytes: [UInt8]
    package var tag: String?
  }

  /// Bytes; the largest real one has a few hundred thousand.
  static let longest = 16 << 20
  private static let attempts = 3

  private let client: any HTTPClient
  private let isOffline: Bool
  private let clock: TransferClock
  private let retry: RetryPolicy

  package init(
    client: any HTTPClient, isOffline: Bool = false, clock: TransferClock = .system,
    retry: RetryPolicy = .init()
  ) {
    self.client = client
    self.isOffline = isOffline
    self.clock = clock
    self.retry = retry
  }

  /// Reads a document.
  ///
  /// - Parameter tag: of the state that is known already.
  /// - Returns: `nil` when that is still the state.
  /// - Throws: `offline`, `unreachable`, `host-refused`, `forbidden-host`, `file-not-found`,
  ///   `unreadable`.
  package func fetch(_ source: RegistrySource, unless tag: String?) throws(NNXError) -> Answer? {
    guard source.isAddress else {
      let reader = try FileReader(source.document)
      try RegistryFetcher.check(reader.count, source)
      return Answer(bytes: try reader.bytes(at: 0, count: reader.count), tag: nil)
    }
    guard !isOffline else {
      throw NNXError(.offline, "\(source.document) must be fetched, and --offline is set")
    }
    var failures = 0
    while true {
      let reason: String
      do {
        return try follow(source, tag)
      } catch let failure as HTTPFailure {
        guard failure.kind == .transient else {
          throw NNXError(
            .unreachable, "\(source.document) cannot be reached safely",
            details: [failure.reason])
        }
        reason = failure.reason
      } catch TransferProblem.transient(let text, _) {
        reason = text
      } catch let error as NNXError {
        throw error
      } catch {
        throw NNXError(.bug, "\(error)")
      }
      failures += 1
      guard failures < RegistryFetcher.attempts else {
        throw NNXError(
          .unreachable, "\(source.document) cannot be reached",
          details: ["Tried \(failures) times: \(reason)"])
      }
      clock.sleep(retry.backoff(failures))
    }
  }

  private static func check(_ count: Int, _ source: RegistrySource) throws(NNXError) {
    guard count <= longest else {
      throw NNXError(.invalidRegistry, "\(source.document) has more than \(longest) bytes")
    }
  }

  /// One request and the redirects on the same host that it leads to.
  private func follow(_ source: RegistrySource, _ tag: String?) throws -> Answer? {
    var url = source.document
    let hosts = HostPolicy(hosts: [URLParts(url)?.policyName ?? ""])
    for _ in 0...3 {
      try hosts.check(url)
      var request = HTTPRequest(url, headers: [("Accept", "application/json")])
      if let tag { request.headers.append(("If-None-Match", tag)) }
      var bytes: [UInt8] = []
      let head = try client.get(request) { _ in
      } onBytes: { piece in
        try RegistryFetcher.check(bytes.count + piece.byteCount, source)
        unsafe piece.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
      }
      switch head.status {
      case 200: return Answer(bytes: bytes, tag: head.strongTag)
      case 304 where tag != nil: return nil
      case 301, 302, 303, 307, 308:
        guard let target = head["location"].flatMap({ resolve($0, from: url) }) else {
          throw NNXError(.hostRefused, "\(url) leads nowhere")
        }
        url = target
      case 408, 425, 429, 500, 502, 503, 504:
        throw TransferProblem.transient("answered \(head.status)")
      default:
        throw NNXError(
          .hostRefused, "\(url) answered \(head.status)",
          fixes: ["Check the address of the registry"])
      }
    }
    throw NNXError(.unreachable, "\(source.document) leads from one address to the next")
  }
}
