import NNXSystem
import Synchronization
import TestSupport

@testable import NNXStore

/// A host that serves one file, whole or in parts, and counts what it sends.
final class RangeHost: Sendable {
  enum Manner: Sendable {
    case good
    /// Answers 200 to everything.
    case wholeFiles
    /// Sends no entity tag, or a weak one.
    case noTag, weakTag
    /// Another file, with another tag, from the Nth request on.
    case changes(at: Int)
    /// Another tag with every answer.
    case restless
    /// The tag stays, and `If-Range` is ignored, but the file is another one.
    case lies(at: Int)
    /// Breaks off after so many bytes, with every second answer.
    case cuts(after: Int)
    /// Every answer that is longer is cut after so many bytes.
    case cutsAll(after: Int)
    /// 503 with the first answer.
    case busy
    /// A part that begins one byte later than asked for.
    case wrongStart
    /// Bytes that are missing at the end of every answer.
    case short
  }

  private let body: Mutex<[UInt8]>
  private let counts = Mutex<(sent: Int, requests: Int, log: [Range<Int>])>((0, 0, []))
  private let manner: Mutex<Manner>
  let server: Mutex<LoopbackServer?> = Mutex(nil)

  init(_ body: [UInt8], _ manner: Manner = .good) {
    self.body = Mutex(body)
    self.manner = Mutex(manner)
    let server = LoopbackServer { [weak self] request in
      self?.answer(request.headers) ?? LoopbackServer.Reply(500)
    }
    self.server.withLock { $0 = server }
  }

  var address: String { "127.0.0.1:\(server.withLock { $0!.port })" }
  var url: String { "http://\(address)/model.zip" }
  /// Bytes of bodies.
  var sent: Int { counts.withLock { $0.sent } }
  var requests: Int { counts.withLock { $0.requests } }
  /// The parts that were asked for.
  var log: [Range<Int>] { counts.withLock { $0.log } }

  func behave(_ manner: Manner) { self.manner.withLock { $0 = manner } }
  func resetCounts() { counts.withLock { $0 = (0, 0, []) } }

  private func answer(_ headers: [String: String]) -> LoopbackServer.Reply {
    let number = counts.withLock { counts in
      counts.requests += 1
      return counts.requests
    }
    var body = body.withLock { $0 }
    var tag = "\"one\""
    let manner = manner.withLock { $0 }
    switch manner {
    case .changes(let at) where number >= at:
      body = body.map { $0 ^ 0x55 }
      tag = "\"two\""
    case .lies(let at) where number >= at: body = body.map { $0 ^ 0x55 }
    case .restless: tag = "\"\(number)\""
    case .weakTag: tag = "W/\"one\""
    case .busy where number == 1: return .init(503, [("Retry-After", "2")])
    default: break
    }
    var tags = [("ETag", tag)]
    if case .noTag = manner { tags = [] }
    var range = range(headers["range"], body.count)
    if case .wholeFiles = manner { range = nil }
    if let condition = headers["if-range"], condition != tag { range = nil }
    guard var part = range else {
      counts.withLock { $0.sent += body.count }
      return .init(200, tags, body)
    }
    if case .wrongStart = manner {
      part = min(part.lowerBound + 1, part.upperBound - 1)..<part.upperBound
    }
    counts.withLock {
      $0.sent += part.count
      $0.log.append(part)
    }
    let label = ("Content-Range", "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(body.count)")
    let bytes = Array(body[part])
    if case .cuts(let after) = manner, number % 2 == 1, bytes.count > after {
      counts.withLock { $0.sent -= bytes.count - after }
      return .init(206, tags + [label], bytes, cut: after)
    }
    if case .cutsAll(let after) = manner, bytes.count > after {
      counts.withLock { $0.sent -= bytes.count - after }
      return .init(206, tags + [label], bytes, cut: after)
    }
    if case .short = manner { return .init(206, tags + [label], bytes, cut: bytes.count - 1) }
    return .init(206, tags + [label], bytes)
  }

  private func range(_ header: String?, _ count: Int) -> Range<Int>? {
    guard let header, header.hasPrefix("bytes=") else { return nil }
    let ends = header.dropFirst(6).split(separator: "-", omittingEmptySubsequences: false)
    guard ends.count == 2 else { return nil }
    if ends[0].isEmpty { return max(0, count - (Int(ends[1]) ?? 0))..<count }
    guard let first = Int(ends[0]), first < count else { return nil }
    return first..<min(count, (Int(ends[1]) ?? count - 1) + 1)
  }

  /// A transport that reaches this host, and whose pauses take no time.
  func transport(_ folder: String, offline: Bool = false) -> HTTPTransport {
    var hosts = HostPolicy()
    hosts.plain = [address]
    let client = CurlClient(
      environment: { _ in nil }, connectTimeout: 2, stallTimeout: 2, allowsPlain: true)
    return HTTPTransport(
      Web(client: client, hosts: hosts, isOffline: offline, clock: VirtualTime().clock),
      folder: folder)
  }
}
