import NNXSystem

/// Downloads that resume, try again, change to a mirror, and are hashed on the way.
///
/// The bytes of one answer are never mixed with those of another: a download continues only when the
/// host confirms the same entity tag, offset and size, and the digests of the whole decide in the end.
package final class HTTPTransport: Transport {
  private let client: any HTTPClient
  private let hosts: HostPolicy
  let folder: String
  private let records: RecordCheck?
  private let clock: TransferClock
  private let retry: RetryPolicy
  private let limits: RateLimits
  let isOffline: Bool

  /// - Parameters:
  ///   - folder: where partial downloads lie; made when missing.
  ///   - records: compares plans with the publisher's records.
  ///   - isOffline: serve only what is complete already.
  package init(
    client: any HTTPClient, hosts: HostPolicy, folder: String, records: RecordCheck? = nil,
    isOffline: Bool = false, clock: TransferClock = .system,
    retry: RetryPolicy = .init()
  ) {
    self.client = client
    self.hosts = hosts
    self.folder = folder
    self.records = records
    self.isOffline = isOffline
    self.clock = clock
    self.retry = retry
    limits = RateLimits(clock: clock)
  }

  package func confirm(_ plan: InstallPlan) throws(NNXError) -> InstallPlan {
    try records?.compare(plan) ?? plan
  }

  package func fetch(
    _ file: RemoteFile, progress: @escaping ProgressHandler
  ) throws(NNXError) -> FetchedFile {
    try Folder.create(folder)
    let key = HTTPTransport.key(of: file)
    let lock = try FileLock("\(folder)/\(key).lock")
    defer { withExtendedLifetime(lock) {} }
    var download = Download(
      file: file, partial: try Partial(key: key, in: folder), progress: progress)
    if let fetched = try download.finishIfComplete(source: file.urls.first ?? "") { return fetched }
    guard !isOffline else {
      throw NNXError(.offline, "\(file.name) is not here and --offline is set")
    }
    if let size = file.size { try DiskSpace.require(size - download.partial.count, at: folder) }
    var last: NNXError?
    for url in file.urls {
      do throws(NNXError) {
        return try fetch(&download, from: url)
      } catch {
        guard HTTPTransport.isWorthAnotherAddress(error.code) else { throw error }
        // What the bytes were worth outweighs what a later mirror did not answer.
        if last?.code != .integrity { last = error }
      }
    }
    throw last ?? NNXError(.bug, "\(file.name) has no address")
  }

  /// The same file under any address shares its partial download.
  static func key(of file: RemoteFile) -> String {
    let digest = Digest(.sha256)
    let identity =
      file.sha256 ?? file.md5 ?? "\(file.urls.first ?? "") \(file.size.map(String.init) ?? "")"
    digest.update(Array(identity.utf8))
    return String(digest.finish().prefix(24))
  }

  static func isWorthAnotherAddress(_ code: NNXError.Code) -> Bool {
    [.unreachable, .hostRefused, .rateLimited, .forbiddenHost, .integrity].contains(code)
  }

  /// Tries one address until it works or is given up.
  private func fetch(
    _ download: inout Download, from url: String
  ) throws(NNXError) -> FetchedFile {
    var failures = 0
    var tries = 0
    let begin = clock.now()
    var startedOver = false
    while true {
      tries += 1
      let before = download.partial.count
      let problem: TransferProblem
      do throws(TransferProblem) {
        try attempt(&download, url)
        do throws(NNXError) {
          return try download.finish(source: url)
        } catch {
          guard error.code == .integrity else { throw .fatal(error) }
          // Once more from the first byte: the start may have come from elsewhere.
          try download.discard()
          guard !startedOver else { throw .fatal(error) }
          startedOver = true
          continue
        }
      } catch {
        problem = error
      }
      switch problem {
      case .fatal(let error): throw error
      case .transient(let reason, let wait):
        failures = download.partial.count > before ? 1 : failures + 1
        let pause = wait ?? retry.backoff(failures)
        guard failures < retry.attempts, tries < retry.most, pause <= retry.longestWait else {
          throw Download.givenUp(
            host: URLParts(url)?.authority ?? url, reason: reason, wait: wait, tries: tries,
            seconds: clock.now() - begin, saved: download.partial.count, of: download.file.size)
        }
        clock.sleep(pause)
      }
    }
  }

  /// One request for what is missing.
  private func attempt(_ download: inout Download, _ url: String) throws(TransferProblem) {
    do throws(TransferProblem) {
      let head = try request(url, for: download.file, headers: download.rangeHeaders) {
        (head, url) throws(TransferProblem) in
        try download.begin(head, url: url)
      } onBytes: { (bytes) throws(TransferProblem) in
        try download.receive(bytes)
      }
      try download.checkComplete(head)
    } catch {
      download.progressNow()
      throw error
    }
  }

  /// One request and the redirects it leads to.
  ///
  /// - Parameters:
  ///   - onHead: given heads that are neither a redirect nor a refusal, and their address.
  ///   - onBytes: given the bodies of all answers.
  /// - Throws: `TransferProblem`, also for answers that refuse.
  func request(
    _ url: String, for file: RemoteFile, headers: [(name: String, value: String)],
    onHead: (HTTPHead, String) throws(TransferProblem) -> Void,
    onBytes: (RawSpan) throws(TransferProblem) -> Void
  ) throws(TransferProblem) -> HTTPHead {
    var url = url
    for hop in 0...5 {
      do throws(NNXError) {
        try hosts.allowing(file.hosts).check(url)
      } catch { throw .fatal(error) }
      limits.wait(for: url)
      var request = HTTPRequest(url, headers: headers)
      request.isRedirected = hop > 0
      if let token = hosts.authorization(for: url) {
        request.headers.append(("Authorization", token))
      }
      let head: HTTPHead
      do {
        head = try client.get(request) { head in
          limits.note(head, from: url)
          // Two lengths are two messages to two readers (RFC 9112, 6.3).
          guard Set(head.headers.filter { $0.name == "content-length" }.map(\.value)).count <= 1
          else { throw TransferProblem.transient("stated two lengths") }
          if let problem = TransferProblem(head, url: url, now: clock.now()) { throw problem }
          try onHead(head, url)
        } onBytes: { bytes in
          try onBytes(bytes)
        }
      } catch let problem as TransferProblem {
        throw problem
      } catch let failure as HTTPFailure {
        switch failure.kind {
        case .transient: throw .transient(failure.reason)
        case .permanent:
          throw .fatal(
            NNXError(
              .unreachable, "\(URLParts(url)?.authority ?? url) cannot be reached safely",
              details: [failure.reason],
              fixes: ["Check the proxy and the certificates: https_proxy, SSL_CERT_FILE"]))
        }
      } catch let error as NNXError {
        throw .fatal(error)
      } catch {
        throw .fatal(NNXError(.bug, "\(error)"))
      }
      guard (300..<400).contains(head.status), let location = head["location"] else { return head }
      guard let target = resolve(location, from: url) else {
        throw .fatal(NNXError(.forbiddenHost, "\(url) leads to '\(location)', which is no address"))
      }
      url = target
    }
    throw .fatal(NNXError(.unreachable, "\(url) leads from one address to the next without end"))
  }

  /// Repeats `body` while its problems are worth it, with the pauses that host and policy ask for.
  ///
  /// - Parameters:
  ///   - name: of the file.
  ///   - progress: bytes that arrived so far and count as a success.
  func retrying(
    _ url: String, _ name: String, progress: () -> Int = { 0 },
    _ body: () throws(TransferProblem) -> Void
  ) throws(NNXError) {
    let begin = clock.now()
    var (failures, tries) = (0, 0)
    while true {
      tries += 1
      let before = progress()
      do throws(TransferProblem) {
        return try body()
      } catch {
        switch error {
        case .fatal(let error): throw error
        case .transient(let reason, let wait):
          failures = progress() > before ? 1 : failures + 1
          let pause = wait ?? retry.backoff(failures)
          guard failures < retry.attempts, tries < retry.most, pause <= retry.longestWait else {
            throw Download.givenUp(
              host: URLParts(url)?.authority ?? url, reason: reason, wait: wait, tries: tries,
              seconds: clock.now() - begin, saved: progress(), of: nil)
          }
          clock.sleep(pause)
        }
      }
    }
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
