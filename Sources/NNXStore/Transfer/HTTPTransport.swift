import NNXSystem

/// Downloads that resume, try again, change to a mirror, and are hashed on the way.
///
/// The bytes of one answer are never mixed with those of another: a download continues only when the
/// host confirms the same entity tag, offset and size, and the digests of the whole decide in the end.
package final class HTTPTransport: Transport {
  private let client: any HTTPClient
  private let hosts: HostPolicy
  private let folder: String
  private let records: RecordCheck?
  private let clock: TransferClock
  private let retry: RetryPolicy
  private let limits: RateLimits
  private let isOffline: Bool

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
  private static func key(of file: RemoteFile) -> String {
    let digest = Digest(.sha256)
    let identity =
      file.sha256 ?? file.md5 ?? "\(file.urls.first ?? "") \(file.size.map(String.init) ?? "")"
    digest.update(Array(identity.utf8))
    return String(digest.finish().prefix(24))
  }

  private static func isWorthAnotherAddress(_ code: NNXError.Code) -> Bool {
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
        let host = URLParts(url)?.authority ?? url
        let pause = wait ?? retry.backoff(failures)
        guard failures < retry.attempts, tries < retry.most, pause <= retry.longestWait else {
          throw download.givenUp(
            host: host, reason: reason, wait: wait, tries: tries, seconds: clock.now() - begin)
        }
        clock.sleep(pause)
      }
    }
  }

  /// One request and the redirects it leads to.
  private func attempt(_ download: inout Download, _ url: String) throws(TransferProblem) {
    var url = url
    for hop in 0...5 {
      do throws(NNXError) {
        try hosts.allowing(download.file.hosts).check(url)
      } catch { throw .fatal(error) }
      limits.wait(for: url)
      var request = HTTPRequest(url, headers: download.rangeHeaders)
      request.isRedirected = hop > 0
      if let token = hosts.authorization(for: url) {
        request.headers.append(("Authorization", token))
      }
      let head: HTTPHead
      do {
        head = try client.get(request) { head in
          limits.note(head, from: url)
          try download.begin(head, url: url, now: clock.now())
        } onBytes: { bytes in
          try download.receive(bytes)
        }
      } catch let problem as TransferProblem {
        throw problem
      } catch let failure as HTTPFailure {
        download.progressNow()
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
      guard (300..<400).contains(head.status), let location = head["location"] else {
        return try download.checkComplete(head)
      }
      guard let target = resolve(location, from: url) else {
        throw .fatal(NNXError(.forbiddenHost, "\(url) leads to '\(location)', which is no address"))
      }
      url = target
    }
    throw .fatal(NNXError(.unreachable, "\(url) leads from one address to the next without end"))
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
