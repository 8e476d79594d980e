import NNXSystem
import Synchronization
import TestSupport
import Testing

@testable import NNXStore

/// What a place of publication says about itself, and what nnx makes of it.
@Suite struct PublishingHostTests {
  /// A place whose files lie on other machines than its pages.
  private struct Shop: PublishingHost {
    let hosts: Set<String> = ["shop.example.org"]
    let redirectTargets: Set<String> = ["cdn.example.org"]
    let token = HostToken(host: "shop.example.org", variable: "SHOP_TOKEN", value: "secret")

    func notBefore(_ head: HTTPHead) -> Double? { head["x-closed-until"].flatMap { Double($0) } }

    func files(of record: String, asking web: Web) throws(NNXError) -> [RemoteFile] {
      let request = Web.Request(url: "https://shop.example.org/\(record)")
      return try web.document(request) { _ in
      } read: { (answer, bytes) throws(NNXError) in
        guard answer.kind == .whole else { throw answer.refusal() }
        return [RemoteFile(name: String(decoding: bytes, as: UTF8.self), urls: [answer.url])]
      }
    }
  }

  /// Answers by address, and remembers what was asked.
  private final class Machines: HTTPClient {
    let replies: [String: (HTTPHead, String)]
    let requests = Mutex<[HTTPRequest]>([])

    init(_ replies: [String: (HTTPHead, String)]) { self.replies = replies }

    func get(
      _ request: HTTPRequest, onHead: (HTTPHead) throws(NNXError) -> Void,
      onBytes: (RawSpan) throws(NNXError) -> Void
    ) throws(NNXError) -> HTTPHead {
      requests.withLock { $0.append(request) }
      let (head, body) = replies[request.url] ?? (HTTPHead(status: 404), "")
      try onHead(head)
      try onBytes(Array(body.utf8).span.bytes)
      return head
    }
  }

  private func web(_ machines: Machines, _ time: VirtualTime = VirtualTime()) -> Web {
    Web(client: machines, hosts: HostPolicy(publishers: [Shop()]), clock: time.clock)
  }

  private static func leading(to target: String) -> (HTTPHead, String) {
    (HTTPHead(status: 302, headers: [("location", target)]), "moved")
  }

  @Test func itsRedirectsLeadWhereItSaysAndTheTokenStays() throws {
    let machines = Machines([
      "https://shop.example.org/7": Self.leading(to: "https://cdn.example.org/7"),
      "https://cdn.example.org/7": (HTTPHead(status: 200), "a.zip"),
    ])
    let files = try Shop().files(of: "7", asking: web(machines))
    #expect(files.map(\.name) == ["a.zip"])
    let requests = machines.requests.withLock { $0 }
    #expect(requests.map(\.isRedirected) == [false, true])
    #expect(requests[0].headers.map(\.value) == ["Bearer secret"])
    #expect(requests[1].headers.isEmpty)
  }

  @Test(arguments: [
    "https://evil.example.org/7", "http://cdn.example.org/7", "https://cdn.example.org:8443/7",
  ])
  func itsRedirectsLeadNowhereElse(_ target: String) throws {
    let machines = Machines([
      "https://shop.example.org/7": Self.leading(to: target), target: (HTTPHead(status: 200), "x"),
    ])
    let error = #expect(throws: NNXError.self) {
      try Shop().files(of: "7", asking: web(machines))
    }
    #expect(error?.code == .forbiddenHost)
    #expect(machines.requests.withLock { $0.count } == 1)
  }

  /// Machines that redirects may lead to are not asked for their own sake.
  @Test func aRedirectTargetIsNoPlaceToBegin() {
    let machines = Machines(["https://cdn.example.org/7": (HTTPHead(status: 200), "x")])
    let error = #expect(throws: NNXError.self) {
      try web(machines).get(Web.Request(url: "https://cdn.example.org/7")) { _ in }
    }
    #expect(error?.code == .forbiddenHost)
    #expect(machines.requests.withLock { $0.isEmpty })
  }

  @Test func itIsLeftAloneForAsLongAsItSays() throws {
    let time = VirtualTime()
    let closed = HTTPHead(status: 200, headers: [("x-closed-until", "1042")])
    let machines = Machines(["https://shop.example.org/8": (closed, "b.zip")])
    _ = try Shop().files(of: "8", asking: web(machines, time))
    #expect(time.naps.withLock { $0 } == [])
    _ = try Shop().files(of: "8", asking: web(machines, time))
    #expect(time.naps.withLock { $0 } == [42])
  }

  @Test func adviceNamesItsOwnToken() {
    let machines = Machines(["https://shop.example.org/9": (HTTPHead(status: 403), "")])
    let error = #expect(throws: NNXError.self) {
      try Shop().files(of: "9", asking: web(machines))
    }
    #expect(error?.fixes == ["Try again later; what is restricted needs SHOP_TOKEN"])
  }

  @Test func zenodosFilesHaveAnAddressInTheirRecord() throws {
    let registry = try Registry(contentsOf: Fixtures.repository + "/registry.json")
    let set = try #require(registry.card(named: "lung2-ct")?.weights.first)
    let record = try #require(set.record)
    var file = set.files[0]
    file.key = "A b.zip"
    file.mirrors = ["https://a.example/b.zip"]
    #expect(
      set.addresses(of: file) == [
        "https://zenodo.org/records/\(record)/files/A%20b.zip?download=1",
        "https://a.example/b.zip",
      ])
  }
}
