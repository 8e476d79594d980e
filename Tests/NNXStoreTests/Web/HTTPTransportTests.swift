import NNXSystem
import Synchronization
import TestSupport
import Testing

@testable import NNXStore

/// Time that passes only when somebody sleeps.
final class VirtualTime: Sendable {
  let naps = Mutex<[Double]>([])
  var total: Double { naps.withLock { $0.reduce(0, +) } }

  var clock: TransferClock {
    TransferClock(
      now: { 1000 + self.total }, sleep: { seconds in self.naps.withLock { $0.append(seconds) } })
  }
}

/// A server, a folder for downloads, and what connects them.
struct TransferBench {
  static let body: [UInt8] = {
    var values = RandomBytes(seed: 7)
    return [0x50, 0x4B] + values.next(299_998)
  }()
  static let body2 = body.prefix(2) + body.dropFirst(2).map { $0 ^ 0x55 }

  let folder: TemporaryFolder
  let time = VirtualTime()

  init() throws { folder = try TemporaryFolder() }

  func transport(_ server: LoopbackServer, token: String? = nil, offline: Bool = false)
    -> HTTPTransport
  {
    var hosts = HostPolicy(publishers: [Zenodo(token: token)])
    hosts.plain = [server.address]
    let client = CurlClient(
      environment: { _ in nil }, connectTimeout: 2, stallTimeout: 1, allowsPlain: true,
      allowsPrivate: true)
    return HTTPTransport(
      Web(client: client, hosts: hosts, isOffline: offline, clock: time.clock),
      folder: folder.path)
  }

  static func file(_ urls: String..., isPinned: Bool = true) -> RemoteFile {
    let digests = Digest(.md5)
    digests.update(body)
    return RemoteFile(
      name: "model.zip", urls: urls, size: isPinned ? body.count : nil,
      md5: isPinned ? digests.finish() : nil)
  }
}

struct RandomBytes {
  private var state: UInt64
  init(seed: UInt64) { state = seed }
  mutating func next(_ count: Int) -> [UInt8] {
    (0..<count).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(truncatingIfNeeded: state >> 33)
    }
  }
}

@Suite struct HTTPTransportTests {
  let bench: TransferBench

  init() throws { bench = try TransferBench() }

  /// Answers with a fault `times` times, well afterwards.
  func server(_ fault: TransferFault, times: Int = 1, cut: Int) -> LoopbackServer {
    LoopbackServer { request in
      guard request.path == "/f" else { return TransferFault.good(request, TransferBench.body) }
      var number = request.number
      if fault.needsPartial {
        if number == 1 {
          return TransferFault.cut.reply(request, TransferBench.body, cut: max(cut, 1))
        }
        number -= 1
      }
      return number <= times
        ? fault.reply(request, TransferBench.body, cut: cut)
        : TransferFault.good(request, TransferBench.body)
    }
  }

  static let cells: [(TransferFault, Int)] = TransferFault.allCases.flatMap { fault in
    [0, 1, TransferBench.body.count / 2, TransferBench.body.count - 1].map { (fault, $0) }
  }

  @Test(arguments: cells)
  func everyFaultEndsInTheRightBytesOrAnError(_ fault: TransferFault, cut: Int) throws {
    let faulty = server(fault, cut: cut)
    do {
      let fetched = try bench.transport(faulty).fetch(TransferBench.file(faulty.url("/f"))) { _ in }
      #expect(fault.outcome == .recovers)
      #expect(bytes(of: fetched.file.path) == TransferBench.body)
    } catch {
      #expect(fault.outcome == .refuses, "\(error)")
    }
    // Whatever was left behind must not spoil the next download.
    let good = LoopbackServer { TransferFault.good($0, TransferBench.body) }
    let fetched = try bench.transport(good).fetch(TransferBench.file(good.url("/f"))) { _ in }
    #expect(bytes(of: fetched.file.path) == TransferBench.body)
    #expect(bench.time.total < 400)
  }

  @Test(
    arguments: TransferFault.allCases.filter {
      ![.none, .stallInBody, .stallBeforeHead, .tooSlow].contains($0)
    })
  func faultsThatNeverEndAreGivenUp(_ fault: TransferFault) throws {
    let harmless: [TransferFault] = [
      .retryAfterOnSuccess, .continued, .rangeIgnored, .redirect301, .redirect302, .redirect307,
      .redirect308, .redirectRelative,
    ]
    let faulty = server(fault, times: .max, cut: 100_000)
    do {
      let fetched = try bench.transport(faulty).fetch(TransferBench.file(faulty.url("/f"))) { _ in }
      #expect(bytes(of: fetched.file.path) == TransferBench.body)
      #expect(harmless.contains(fault) || fault == .cut, "\(fault)")
    } catch {
      #expect(!harmless.contains(fault), "\(error)")
      #expect([69, 75, 76].contains(error.code.status.rawValue), "\(error)")
    }
    #expect(faulty.requests.count <= 12)
  }

  @Test func continuesWhereItWasCut() throws {
    let half = TransferBench.body.count / 2
    let faulty = server(.cut, times: .max, cut: half)
    _ = try? bench.transport(faulty).fetch(TransferBench.file(faulty.url("/f"))) { _ in }
    let good = LoopbackServer { TransferFault.good($0, TransferBench.body) }
    let fetched = try bench.transport(good).fetch(TransferBench.file(good.url("/f"))) { _ in }
    #expect(good.requests.map(\.rangeStart) == [half])
    #expect(good.requests[0].headers["if-range"] == "\"v1\"")
    #expect(fetched.transferred == TransferBench.body.count - half)
    #expect(bytes(of: fetched.file.path) == TransferBench.body)
  }

  @Test func aCompleteDownloadNeedsNoRequest() throws {
    let good = LoopbackServer { TransferFault.good($0, TransferBench.body) }
    let file = TransferBench.file(good.url("/f"))
    _ = try bench.transport(good).fetch(file) { _ in }
    let again = try bench.transport(good, offline: true).fetch(file) { _ in }
    #expect(again.transferred == 0)
    #expect(good.requests.count == 1)
  }

  @Test func offlineAsksNobody() throws {
    let good = LoopbackServer { TransferFault.good($0, TransferBench.body) }
    let error = #expect(throws: NNXError.self) {
      try bench.transport(good, offline: true).fetch(TransferBench.file(good.url("/f"))) { _ in }
    }
    #expect(error?.code == .offline)
    #expect(good.requests.isEmpty)
  }

  @Test func bytesOfAnotherFileAreNeverMixedIn() throws {
    // The partial comes from one file, the host now serves another of the same size and tag.
    let file = TransferBench.file("/unused", isPinned: true)
    let old = LoopbackServer {
      TransferFault.cut.reply($0, Array(TransferBench.body2), cut: 150_000)
    }
    var request = file
    request.urls = [old.url("/f")]
    _ = try? bench.transport(old).fetch(request) { _ in }
    let new = LoopbackServer { TransferFault.good($0, TransferBench.body) }
    request.urls = [new.url("/f")]
    let fetched = try bench.transport(new).fetch(request) { _ in }
    #expect(bytes(of: fetched.file.path) == TransferBench.body)
  }

  @Test func mirrorsAreTriedInOrder() throws {
    let bad = server(.flippedBit, times: .max, cut: 9)
    let gone = LoopbackServer { _ in .init(404) }
    let good = LoopbackServer { TransferFault.good($0, TransferBench.body) }
    var hosts = HostPolicy()
    hosts.plain = [bad.address, gone.address, good.address]
    let client = CurlClient(environment: { _ in nil }, allowsPlain: true, allowsPrivate: true)
    let transport = HTTPTransport(
      Web(client: client, hosts: hosts, clock: bench.time.clock), folder: bench.folder.path)
    let file = TransferBench.file(gone.url("/f"), bad.url("/f"), good.url("/f"))
    let fetched = try transport.fetch(file) { _ in }
    #expect(fetched.source == good.url("/f"))
    #expect(bytes(of: fetched.file.path) == TransferBench.body)
  }

  @Test func waitsAsLongAsTheHostAsks() throws {
    for (fault, seconds) in [
      (TransferFault.tooManySeconds, 7.0), (.tooManyDate, 200), (.error503, 3),
    ] {
      let bench = try TransferBench()
      let faulty = server(fault, cut: 0)
      _ = try bench.transport(faulty).fetch(TransferBench.file(faulty.url("/f"))) { _ in }
      #expect(bench.time.naps.withLock { $0 } == [seconds])
    }
    let faulty = server(.retryAfterOnSuccess, cut: 0)
    _ = try bench.transport(faulty).fetch(TransferBench.file(faulty.url("/f"))) { _ in }
    #expect(bench.time.total == 0)
  }

  @Test func usedUpLimitDelaysTheNextRequest() throws {
    let server = LoopbackServer { request in
      request.number == 1
        ? .init(
          200, [("ETag", "\"v1\""), ("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", "1030")],
          TransferBench.body, cut: 10)
        : TransferFault.good(request, TransferBench.body)
    }
    _ = try bench.transport(server).fetch(TransferBench.file(server.url("/f"))) { _ in }
    #expect(bench.time.total > 29.99)
  }

  @Test func namesItselfAndKeepsTheTokenForZenodo() throws {
    let server = LoopbackServer { TransferFault.good($0, TransferBench.body) }
    _ = try bench.transport(server, token: "secret").fetch(
      TransferBench.file(server.url("/f"))
    ) { _ in }
    let headers = server.requests[0].headers
    #expect(headers["user-agent"]?.hasPrefix("nnx/\(Version.current) (+https://") == true)
    #expect(headers["authorization"] == nil)
    #expect(headers["accept-encoding"] == nil)
  }

  @Test func aWrongFileIsKeptForALookAndNotUsedAgain() throws {
    let bad = server(.flippedBit, times: .max, cut: 9)
    let error = #expect(throws: NNXError.self) {
      try bench.transport(bad).fetch(TransferBench.file(bad.url("/f"))) { _ in }
    }
    #expect(error?.code == .integrity)
    #expect(bad.requests.count == 2)
    #expect(bench.folder.files.contains("model.zip.bad"))
    let good = LoopbackServer { TransferFault.good($0, TransferBench.body) }
    let fetched = try bench.transport(good).fetch(TransferBench.file(good.url("/f"))) { _ in }
    #expect(fetched.transferred == TransferBench.body.count)
  }
}
