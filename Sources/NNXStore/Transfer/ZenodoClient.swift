import NNXSystem

/// Asks Zenodo's API about records.
package final class ZenodoClient: Sendable {
  private let client: any HTTPClient
  private let hosts: HostPolicy
  private let clock: TransferClock
  private let retry: RetryPolicy
  private let limits: RateLimits
  private let isOffline: Bool
  /// Bytes of an answer; real ones have a few thousand.
  private static let longest = 8 << 20

  package init(
    client: any HTTPClient, hosts: HostPolicy, isOffline: Bool = false,
    clock: TransferClock = .system, retry: RetryPolicy = .init()
  ) {
    self.client = client
    self.hosts = hosts
    self.clock = clock
    self.retry = retry
    self.isOffline = isOffline
    limits = RateLimits(clock: clock)
  }

  /// The record with this number; for the number of a concept, its newest version.
  ///
  /// - Throws: `record-not-found`, `offline`, `unreachable`, `host-refused`.
  package func record(_ number: Int) throws(NNXError) -> ZenodoRecord {
    let record: ZenodoRecord
    do throws(NNXError) {
      record = try answer("\(ZenodoClient.records)/\(number)", number)
    } catch {
      // Zenodo has answered for concepts with a redirect, and at times not at all.
      guard error.code == .recordNotFound, let newest = try newest(ofConcept: number) else {
        throw error
      }
      return newest
    }
    guard record.id == number || record.concept == number else {
      throw NNXError(
        .hostRefused, "zenodo.org answered with record \(record.id) when asked for \(number)")
    }
    return record
  }

  /// The newest version of the record that `number` is a version of.
  ///
  /// - Throws: as `record`.
  package func latest(of number: Int) throws(NNXError) -> ZenodoRecord {
    // The link says `latest` under the record's own number; where it leads is the newest.
    try answer("\(ZenodoClient.records)/\(number)/versions/latest", number)
  }

  private static let records = "https://zenodo.org/api/records"

  private func answer(_ url: String, _ number: Int) throws(NNXError) -> ZenodoRecord {
    try ZenodoRecord(document(url, record: number), source: url)
  }

  /// The one version of a concept that the search lists: the newest.
  private func newest(ofConcept number: Int) throws(NNXError) -> ZenodoRecord? {
    let url = "\(ZenodoClient.records)?q=conceptrecid:\(number)&size=1"
    let json = try document(url, record: number)
    guard let hit = json["hits"]?["hits"]?.array?.first else { return nil }
    let record = try ZenodoRecord(hit, source: url)
    return record.concept == number ? record : nil
  }

  private func document(_ url: String, record: Int) throws(NNXError) -> OrderedJSON {
    guard !isOffline else {
      throw NNXError(
        .offline, "record \(record) must be looked up, and --offline is set",
        fixes: ["Download the zip by other means, then: nnx install FILE.zip --name NAME"])
    }
    var failures = 0
    while true {
      let problem: (reason: String, wait: Double?)
      do {
        return try follow(url, record)
      } catch let failure as HTTPFailure {
        guard failure.kind == .transient else {
          throw NNXError(
            .unreachable, "zenodo.org cannot be reached safely", details: [failure.reason],
            fixes: ["Check the proxy and the certificates: https_proxy, SSL_CERT_FILE"])
        }
        problem = (failure.reason, nil)
      } catch TransferProblem.transient(let reason, let wait) {
        problem = (reason, wait)
      } catch let error as NNXError {
        throw error
      } catch {
        throw NNXError(.bug, "\(error)")
      }
      failures += 1
      let pause = problem.wait ?? retry.backoff(failures)
      guard failures < retry.attempts, pause <= retry.longestWait else {
        let answered = problem.reason.hasPrefix("answered")
        throw NNXError(
          problem.wait != nil ? .rateLimited : answered ? .hostRefused : .unreachable,
          answered ? "zenodo.org \(problem.reason)" : "zenodo.org cannot be reached",
          details: ["Tried \(failures) times"] + (answered ? [] : ["Reason: \(problem.reason)"]),
          fixes: ["Try again later, or download the zip and run: nnx install FILE.zip --name NAME"])
      }
      clock.sleep(pause)
    }
  }

  /// One request and the redirects it leads to.
  private func follow(_ url: String, _ record: Int) throws -> OrderedJSON {
    var url = url
    for hop in 0...5 {
      try hosts.check(url)
      limits.wait(for: url)
      var request = HTTPRequest(url, headers: [("Accept", "application/json")])
      request.isRedirected = hop > 0
      if let token = hosts.authorization(for: url) {
        request.headers.append(("Authorization", token))
      }
      var body: [UInt8] = []
      let head = try client.get(request) { head in
        limits.note(head, from: url)
      } onBytes: { bytes in
        guard body.count + bytes.byteCount <= ZenodoClient.longest else {
          throw NNXError(.hostRefused, "\(url) answered with more than a record")
        }
        unsafe bytes.withUnsafeBytes { unsafe body.append(contentsOf: $0) }
      }
      switch head.status {
      case 200:
        // Cut short without a word, or a page of somebody in between.
        guard let json = try? OrderedJSON(parsing: body, source: url) else {
          throw TransferProblem.transient("answered with something else than a record")
        }
        return json
      case 300..<400:
        guard let target = head["location"].flatMap({ resolve($0, from: url) }) else {
          throw NNXError(.hostRefused, "\(url) leads nowhere")
        }
        url = target
      case 404, 410:
        throw NNXError(
          .recordNotFound, "there is no record \(record) on Zenodo",
          fixes: ["Check the number; a restricted record needs ZENODO_TOKEN"])
      case 408, 425, 429, 500, 502, 503, 504:
        throw TransferProblem.transient(
          "answered \(head.status)",
          wait: RetryPolicy.wait(after: head["retry-after"], now: clock.now()))
      default:
        throw NNXError(.hostRefused, "zenodo.org answered \(head.status)", details: [url])
      }
    }
    throw NNXError(.unreachable, "\(url) leads from one address to the next without end")
  }
}
