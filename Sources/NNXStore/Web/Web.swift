import NNXSystem

/// How nnx asks hosts for anything: over https, permitted hosts alone, also after a redirect, within the
/// limits they state (`RateLimits`), as often as `RetryPolicy` says. Bodies go to a closure.
package struct Web: Sendable {
  /// Something to ask for, and how failures are told.
  struct Request {
    let url: String
    var headers: [(name: String, value: String)] = []
    /// Hosts that may serve it besides those of the policy.
    var hosts: Set<String> = []
    /// Who is asked, in messages; `nil`: the host.
    var name: String?
    /// What helps when it is given up; `nil`: what helps with files.
    var advice: [String]?

    var who: String { name ?? URLParts(url)?.authority ?? url }
  }

  private let client: any HTTPClient
  var hosts: HostPolicy
  let isOffline: Bool
  let clock: TransferClock
  private(set) var retry: RetryPolicy
  private let limits: RateLimits
  /// Redirects that one request may lead through.
  private static let mostRedirects = 5
  /// Bytes of a redirect's own body.
  private static let mostBeside = 1 << 20

  /// - Parameter isOffline: ask nobody; whoever would ask says what is missing then.
  init(
    client: any HTTPClient, hosts: HostPolicy, isOffline: Bool = false,
    clock: TransferClock = .system, retry: RetryPolicy = .init()
  ) {
    self.client = client
    self.hosts = hosts
    self.isOffline = isOffline
    self.clock = clock
    self.retry = retry
    limits = RateLimits(clock: clock)
  }

  /// The web as processes of nnx see it.
  ///
  /// - Parameters:
  ///   - settings: whether to ask anybody, and the tokens for it.
  ///   - environment: proxies and certificates.
  ///   - locks: the folder that limits connections (`ConnectionLimit`); `nil`: there is no place for one.
  ///   - onWait: called once, when a request has to wait for other processes.
  package init(
    _ settings: Settings, environment: [String: String], locks: String?,
    onWait: @escaping @Sendable (_ host: String) -> Void
  ) {
    let curl = CurlClient(environment: { environment[$0] })
    self.init(
      client: locks.map { ConnectionLimit(curl, folder: $0, onWait: onWait) } ?? curl,
      hosts: HostPolicy(publishers: publishingHosts(settings)), isOffline: settings.isOffline)
  }

  /// The same, with another idea of how often to try.
  func trying(_ retry: RetryPolicy) -> Web {
    var web = self
    web.retry = retry
    return web
  }

  /// Sends one request and follows the redirects it leads to.
  ///
  /// - Parameters:
  ///   - begin: given the answer that is no redirect, before its body; throws unless it is of use.
  ///   - receive: given each piece of its body.
  /// - Returns: the answer, when its whole body has arrived.
  /// - Throws: `forbidden-host` before a host is asked that is not permitted; `unreachable`;
  ///   errors with `retry` when another try may succeed; what the closures throw.
  func get(
    _ asked: Request, begin: (Answer) throws(NNXError) -> Void = { _ in },
    receive: (RawSpan) throws(NNXError) -> Void
  ) throws(NNXError) -> Answer {
    let publisher = hosts.publisher(of: asked.url)
    var policy = hosts.allowing(asked.hosts)
    var url = asked.url
    for hop in 0...Web.mostRedirects {
      if hop == 1 { policy = policy.allowing(publisher?.redirectTargets ?? []) }
      try policy.check(url)
      limits.wait(for: url)
      var request = HTTPRequest(url, headers: asked.headers)
      request.isRedirected = hop > 0 && !policy.trustsRedirects
      if let token = policy.authorization(for: url) {
        request.headers.append(("Authorization", token))
      }
      let answer = try send(request, begin: begin, receive: receive)
      guard case .elsewhere(let target) = answer.kind else { return answer }
      url = target
    }
    throw NNXError(.unreachable, "\(url) leads from one address to the next without end")
  }

  /// Sends one request; the body of a redirect is for nobody.
  private func send(
    _ request: HTTPRequest, begin: (Answer) throws(NNXError) -> Void,
    receive: (RawSpan) throws(NNXError) -> Void
  ) throws(NNXError) -> Answer {
    let url = request.url
    let publisher = hosts.publisher(of: url)
    var answer: Answer?
    var (isRedirect, beside) = (false, 0)
    _ = try client.get(request) { (head) throws(NNXError) in
      limits.note(publisher.map { $0.notBefore(head) } ?? head.rateLimitReset, from: url)
      let judged = try Answer(head, from: url, of: publisher, now: clock.now())
      answer = judged
      if case .elsewhere = judged.kind { isRedirect = true } else { try begin(judged) }
    } onBytes: { (bytes) throws(NNXError) in
      guard isRedirect else { return try receive(bytes) }
      beside += bytes.byteCount
      guard beside <= Web.mostBeside else { throw .transient("sent a megabyte beside the point") }
    }
    guard let answer else { throw NNXError(.bug, "\(url) gave an answer without a head") }
    return answer
  }

  /// Asks for a document that fits in memory, as often as it takes.
  ///
  /// - Parameters:
  ///   - check: given the number of bytes; throws when they are too many.
  ///   - read: what becomes of the answer and its body; may be called again when its error says so.
  func document<Value>(
    _ request: Request, check: (Int) throws(NNXError) -> Void,
    read: (Answer, [UInt8]) throws(NNXError) -> Value
  ) throws(NNXError) -> Value {
    try retrying(request) { () throws(NNXError) in
      var bytes: [UInt8] = []
      let answer = try get(request) { (piece) throws(NNXError) in
        try check(bytes.count + piece.byteCount)
        bytes.append(piece)
      }
      return try read(answer, bytes)
    }
  }
}
