import Foundation
import NNXSystem
import Synchronization
import TestSupport
import Testing

@testable import NNXStore

/// Ends the process, as far as a transport can tell: the answer stops after some bytes, and nobody
/// tidies up.
private final class DyingClient: HTTPClient {
  private let client: any HTTPClient
  private let left: Mutex<Int>

  init(_ client: any HTTPClient, after bytes: Int) {
    self.client = client
    left = Mutex(bytes)
  }

  func get(
    _ request: HTTPRequest, onHead: (HTTPHead) throws(NNXError) -> Void,
    onBytes: (RawSpan) throws(NNXError) -> Void
  ) throws(NNXError) -> HTTPHead {
    try client.get(request, onHead: onHead) { (bytes) throws(NNXError) in
      try onBytes(bytes)
      let left = left.withLock { left in
        left -= bytes.byteCount
        return left
      }
      if left < 0 { throw NNXError(.bug, "death") }
    }
  }
}

/// Random schedules: up to eight requests that go wrong in one way or another, with deaths of the
/// process and losses of what it had written in between. Whatever arrives in the end must be the file.
///
/// `NNX_FAULT_SCHEDULES=10000` sets their number; `Scripts/fault-schedules` runs it.
@Suite struct FaultScheduleTests {
  static let body: [UInt8] = {
    var random = SeededGenerator(seed: 3)
    return [0x50, 0x4B] + (0..<39_998).map { _ in UInt8.random(in: .min ... .max, using: &random) }
  }()

  static var count: Int {
    ProcessInfo.processInfo.environment["NNX_FAULT_SCHEDULES"].flatMap { Int($0) } ?? 300
  }

  @Test func noScheduleInstallsAWrongByte() async throws {
    let lanes = 4
    let count = Self.count
    let results = try await withThrowingTaskGroup(of: Tally.self) { group in
      for lane in 0..<lanes {
        group.addTask {
          var tally = Tally()
          for seed in stride(from: lane, to: count, by: lanes) { try Self.run(seed, &tally) }
          return tally
        }
      }
      return try await group.reduce(into: Tally()) { $0.add($1) }
    }
    print(
      "\(count) schedules: \(results.delivered) ended with the file, \(results.refused) refused, "
        + "\(results.deaths) deaths, \(results.requests) requests, \(results.wrong) wrong")
    #expect(results.wrong == 0)
    #expect(results.lost == 0)
    #expect(results.delivered > count / 10)
  }

  struct Tally: Sendable {
    var delivered = 0, refused = 0, deaths = 0, requests = 0
    /// Files that were handed over and are not the one that was asked for.
    var wrong = 0
    /// Schedules after which a good host could not deliver.
    var lost = 0

    mutating func add(_ other: Tally) {
      delivered += other.delivered
      refused += other.refused
      deaths += other.deaths
      requests += other.requests
      wrong += other.wrong
      lost += other.lost
    }
  }

  private static let kinds = TransferFault.allCases.filter {
    ![.stallInBody, .stallBeforeHead, .tooSlow].contains($0)
  }

  private static func run(_ seed: Int, _ tally: inout Tally) throws {
    var random = SeededGenerator(seed: seed)
    let schedule = (0..<Int.random(in: 1...8, using: &random)).map { _ in
      (
        kinds.randomElement(using: &random)!,
        [0, 1, Int.random(in: 0..<body.count, using: &random), body.count - 1]
          .randomElement(using: &random)!
      )
    }
    let served = Mutex(0)
    let server = LoopbackServer { request in
      let number = served.withLock { served in
        defer { served += 1 }
        return served
      }
      guard number < schedule.count else { return TransferFault.good(request, body) }
      return schedule[number].0.reply(request, body, cut: schedule[number].1)
    }
    let folder = try TemporaryFolder()
    let time = VirtualTime()
    var hosts = HostPolicy()
    hosts.plain = [server.address]
    let digests = Digest(.md5)
    digests.update(body)
    let file = RemoteFile(
      name: "model.zip", urls: [server.url("/f")],
      size: Bool.random(using: &random) ? body.count : nil, md5: digests.finish())
    // Lives of the process; the last one is spared.
    let lives = Int.random(in: 1...4, using: &random)
    for life in 1...lives {
      let curl = CurlClient(
        environment: { _ in nil }, connectTimeout: 5, stallTimeout: 5, allowsPlain: true,
        allowsPrivate: true)
      let dies = life < lives
      let client: any HTTPClient =
        dies ? DyingClient(curl, after: .random(in: 0..<body.count, using: &random)) : curl
      let transport = HTTPTransport(
        Web(client: client, hosts: hosts, clock: time.clock), folder: folder.path)
      do {
        let fetched = try transport.fetch(file) { _ in }
        guard !dies || Bool.random(using: &random) else { continue }
        tally.delivered += 1
        if bytes(of: fetched.file.path) != body { tally.wrong += 1 }
        break
      } catch {
        if dies { tally.deaths += 1 } else { tally.refused += 1 }
      }
      try spoil(folder, &random)
    }
    // Whatever is left of it must not keep the file from anybody.
    let good = LoopbackServer { TransferFault.good($0, body) }
    hosts.plain = [good.address]
    var again = file
    again.urls = [good.url("/f")]
    let client = CurlClient(environment: { _ in nil }, allowsPlain: true, allowsPrivate: true)
    let transport = HTTPTransport(
      Web(client: client, hosts: hosts, clock: time.clock), folder: folder.path)
    if let fetched = try? transport.fetch(again, progress: { _ in }) {
      if bytes(of: fetched.file.path) != body { tally.wrong += 1 }
    } else {
      tally.lost += 1
    }
    tally.requests += server.requests.count + good.requests.count
  }

  /// What a crash of the machine does to files that were not flushed.
  private static func spoil(_ folder: TemporaryFolder, _ random: inout SeededGenerator) throws {
    for name in try Folder.entries(folder.path) where name.contains(".part") {
      guard case .file(let size)? = Folder.kind("\(folder.path)/\(name)"), size > 0 else {
        continue
      }
      switch Int.random(in: 0..<8, using: &random) {
      case 0: try folder.truncate(name, to: UInt64.random(in: 0...UInt64(size), using: &random))
      case 1: try folder.change(name, at: .random(in: 0..<size, using: &random), to: 0)
      default: continue
      }
    }
  }
}
