import NNXSystem
import Synchronization
import TestSupport
import Testing

@testable import NNXStore

/// What GitHub and Hugging Face say, and what of it is believed.
@Suite struct ReleaseHostsTests {
  private final class Machine: HTTPClient {
    let reply: (HTTPHead, String)
    let requests = Mutex<[HTTPRequest]>([])

    init(_ body: String, status: Int = 200, headers: [(String, String)] = []) {
      reply = (HTTPHead(status: status, headers: headers.map { (name: $0.0, value: $0.1) }), body)
    }

    func get(
      _ request: HTTPRequest, onHead: (HTTPHead) throws(NNXError) -> Void,
      onBytes: (RawSpan) throws(NNXError) -> Void
    ) throws(NNXError) -> HTTPHead {
      requests.withLock { $0.append(request) }
      try onHead(reply.0)
      try onBytes(Array(reply.1.utf8).span.bytes)
      return reply.0
    }
  }

  private func web(
    _ machine: Machine, _ host: any PublishingHost, _ time: VirtualTime = VirtualTime()
  ) -> Web {
    Web(client: machine, hosts: HostPolicy(publishers: [host]), clock: time.clock)
  }

  static let digest = String(repeating: "ab", count: 32)

  @Test func aReleaseIsItsAssets() throws {
    let machine = Machine(
      """
      {"assets": [{"name": "A b.zip", "size": 7, "digest": "sha256:\(Self.digest)"},
      {"name": "old.zip", "size": 8, "digest": null}, {"name": "older.zip", "size": 9}]}
      """)
    let host = GitHub(token: "secret")
    let files = try host.files(of: "o/r/v1.0", asking: web(machine, host))
    #expect(files.map(\.name) == ["A b.zip", "old.zip", "older.zip"])
    #expect(files.map(\.size) == [7, 8, 9])
    #expect(files.map(\.sha256) == [Self.digest, nil, nil])
    #expect(files[0].urls == ["https://github.com/o/r/releases/download/v1.0/A%20b.zip"])
    let request = try #require(machine.requests.withLock { $0.first })
    #expect(request.url == "https://api.github.com/repos/o/r/releases/tags/v1.0")
    #expect(request.headers.contains { $0.name == "Authorization" && $0.value == "Bearer secret" })
  }

  @Test func aRepositoryIsItsFiles() throws {
    let machine = Machine(
      """
      {"siblings": [{"rfilename": "m/a.pth", "size": 7, "lfs": {"sha256": "\(Self.digest)", "size": 7}},
      {"rfilename": "plans.json", "size": 8}]}
      """)
    let host = HuggingFace(token: nil)
    let files = try host.files(of: "o/r/main", asking: web(machine, host))
    #expect(files.map(\.name) == ["a.pth", "plans.json"])
    #expect(files.map(\.sha256) == [Self.digest, nil])
    #expect(files.map(\.size) == [7, 8])
    #expect(files[0].urls == ["https://huggingface.co/o/r/resolve/main/m/a.pth"])
  }

  @Test(
    arguments: [
      ("https://github.com/o/r/releases/download/v1/a.zip", "o/r/v1"),
      ("https://github.com/o/r/releases/download/v1%2F2/a.zip", nil),
      ("https://github.com/o/r/releases/download/../a.zip", nil),
      ("https://github.com/o/r/releases/download/v1/a.zip?x=1", nil),
      ("https://github.com/o/r/archive/v1.zip", nil),
      ("http://github.com/o/r/releases/download/v1/a.zip", nil),
      ("https://github.com.example.org/o/r/releases/download/v1/a.zip", nil),
      ("https://user@github.com/o/r/releases/download/v1/a.zip", nil),
      ("https://huggingface.co/o/r/resolve/main/m/a.pth", "o/r/main"),
      ("https://huggingface.co/o/r/resolve/main", nil),
      ("https://huggingface.co/o/r/blob/main/a.pth", nil),
      ("https://zenodo.org/records/7/files/a.zip", nil),
    ] as [(String, String?)])
  func anAddressNamesARecord(_ address: String, _ record: String?) {
    let hosts = publishingHosts()
    #expect(hosts.lazy.compactMap { $0.record(of: address) }.first == record)
    #expect((PublishedAddress(address) != nil) == (record != nil) || address.contains("?"))
  }

  @Test(arguments: [
    #"{"message": "hello"}"#,
    #"{"assets": [{"name": "a.zip"}], "siblings": [{"rfilename": "../a"}]}"#,
    #"{"assets": [{"name": "a.zip", "size": 9223372036854775807}], "siblings": [{"rfilename": "a", "size": -1}]}"#,
    #"{"assets": [{"name": "a.zip", "size": 1, "digest": "sha256:12"}], "siblings": [{"rfilename": "a", "lfs": {"sha256": "12"}}]}"#,
  ])
  func whatMakesNoSenseIsRefused(_ body: String) {
    for host in [GitHub(), HuggingFace()] as [any PublishingHost] {
      let error = #expect(throws: NNXError.self) {
        try host.files(of: "o/r/v", asking: web(Machine(body), host))
      }
      #expect(error?.code == .hostRefused)
    }
  }

  @Test(
    arguments: [
      ([("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "99999")], true),
      ([("retry-after", "9999")], true), ([], false),
    ] as [([(String, String)], Bool)])
  func gitHubSaysByA403ThatTooMuchWasAsked(_ headers: [(String, String)], _ isLimited: Bool) {
    let host = GitHub()
    let error = #expect(throws: NNXError.self) {
      try host.files(of: "o/r/v", asking: web(Machine("{}", status: 403, headers: headers), host))
    }
    #expect((error?.code == .rateLimited) == isLimited)
    #expect(error?.code.name == "host-refused")
  }
}
