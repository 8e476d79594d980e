import Foundation
import NNXSystem
import Synchronization
import TestSupport
import Testing

@testable import NNXStore

@Suite struct PolitenessTests {
  /// Counts requests under way.
  private final class Counter: HTTPClient {
    let state = Mutex((now: 0, most: 0))

    func get(
      _ request: HTTPRequest, onHead: (HTTPHead) throws(NNXError) -> Void,
      onBytes: (RawSpan) throws(NNXError) -> Void
    ) throws(NNXError) -> HTTPHead {
      state.withLock { state in
        state.now += 1
        state.most = max(state.most, state.now)
      }
      TransferClock.system.sleep(0.05)
      state.withLock { $0.now -= 1 }
      return HTTPHead(status: 200)
    }
  }

  @Test func twoRequestsToOneHostAtATime() throws {
    let folder = try TemporaryFolder()
    let counter = Counter()
    let running = DispatchGroup()
    for index in 0..<8 {
      running.enter()
      Thread.detachNewThread {
        // Clients of their own, as processes have them.
        let limit = ConnectionLimit(counter, folder: folder.path + "/hosts")
        _ = try? limit.get(HTTPRequest("https://zenodo.org/\(index)"), onHead: { _ in }) { _ in }
        running.leave()
      }
    }
    running.wait()
    #expect(counter.state.withLock { $0.most } == 2)
    #expect(folder.files == ["hosts/zenodo.org.1.lock", "hosts/zenodo.org.2.lock"])
  }

  @Test func withoutAPlaceForLocksRequestsGoOut() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("file", [])
    let limit = ConnectionLimit(Counter(), folder: file + "/hosts")
    #expect(
      try limit.get(.init("https://zenodo.org/")) { _ in
      } onBytes: { _ in
      }.status == 200)
  }

  @Test func saysOnceThatItWaits() throws {
    let folder = try TemporaryFolder()
    let said = Mutex<[String]>([])
    let locks = Mutex(
      try (1...2).map { try FileLock("\(folder.path)/zenodo.org.\($0).lock") } as [FileLock]?)
    var clock = TransferClock.system
    clock.sleep = { _ in locks.withLock { $0 = nil } }
    let limit = ConnectionLimit(Counter(), folder: folder.path, clock: clock) { host in
      said.withLock { $0.append(host) }
    }
    for _ in 0..<2 {
      _ = try limit.get(.init("https://zenodo.org/")) { _ in
      } onBytes: { _ in
      }
    }
    #expect(said.withLock { $0 } == ["zenodo.org"])
  }

  /// A host that the policy allows may still resolve to a machine inside: not after a redirect.
  @Test func redirectsDoNotLeadInside() throws {
    let server = LoopbackServer { request in
      request.path == "/f" ? .init(302, [("Location", "/g")]) : .init(200, [], Array("PK".utf8))
    }
    let client = CurlClient(environment: { _ in nil }, allowsPlain: true)
    var request = HTTPRequest(server.url("/g"))
    #expect(
      try client.get(request) { _ in
      } onBytes: { _ in
      }.status == 200)
    request.isRedirected = true
    let failure = #expect(throws: NNXError.self) {
      try client.get(request) { _ in
      } onBytes: { _ in
      }
    }
    #expect(failure?.code == .unreachable && failure?.retry == nil)
    #expect(failure?.details.first?.contains("private") == true)
    #expect(server.requests.count == 1)
  }
}
