import NNXSystem
import Synchronization
import TestSupport
import Testing

@testable import NNXStore

/// A host of one document, without a network.
private final class Host: HTTPClient, Sendable {
  struct State {
    var body: [UInt8] = []
    var tag: String?
    var status = 200
    var location: String?
    var failure: NNXError?
    var requests: [HTTPRequest] = []
  }

  let state = Mutex(State())

  func serve(_ text: String, tag: String?) {
    state.withLock { ($0.body, $0.tag, $0.status) = (Array(text.utf8), tag, 200) }
  }

  func get(
    _ request: HTTPRequest, onHead: (HTTPHead) throws(NNXError) -> Void,
    onBytes: (RawSpan) throws(NNXError) -> Void
  ) throws(NNXError) -> HTTPHead {
    let state = state.withLock { state in
      state.requests.append(request)
      return state
    }
    if let failure = state.failure { throw failure }
    var headers: [(name: String, value: String)] = []
    if let tag = state.tag { headers.append(("etag", tag)) }
    if let location = state.location { headers.append(("location", location)) }
    let isKnown = request.headers.contains { $0.name == "If-None-Match" && $0.value == state.tag }
    let head = HTTPHead(status: isKnown ? 304 : state.status, headers: headers)
    try onHead(head)
    if head.status == 200 { try onBytes(state.body.span.bytes) }
    return head
  }
}

@Suite struct RegistryShelfTests {
  private let folder: TemporaryFolder
  private let host = Host()
  private let source: RegistrySource

  init() throws {
    folder = try TemporaryFolder()
    source = try RegistrySource("https://lab.example.org/nnx")
    host.serve(Self.index(1), tag: "\"1\"")
  }

  private func shelf(offline: Bool = false) -> RegistryShelf {
    let clock = TransferClock(now: { 0 }, sleep: { _ in })
    return RegistryShelf(
      folder: folder.path,
      web: Web(client: host, hosts: HostPolicy(), isOffline: offline, clock: clock))
  }

  private static func index(_ version: Int, mirror: String = "files.example.org") -> String {
    """
    {"schema": 1, "version": \(version), "updated": "2026-11-24",
     "collections": {"lab": {"title": "Lab", "publisher": "us"}}, "citations": {},
     "models": [{"name": "ours-ct", "version": "1", "collection": "lab", "title": "t",
       "summary": "s", "status": "active",
       "weights": [{"id": "ours-ct", "nnunet": 2, "dataset": "Dataset001_A",
         "files": [{"key": "a.zip", "mirrors": ["https://\(mirror)/a.zip"]}],
         "labels": [{"value": 1, "name": "a"}], "evidence": "e"}],
       "inputs": [{"index": 0, "name": "CT", "modality": "CT"}],
       "labels": [{"value": 1, "name": "a"}]}]}
    """
  }

  private func add() throws -> RegistryRecord {
    try shelf().add(shelf().examine(source), name: "lab", isFirst: false)
    return try shelf().record("lab")
  }

  @Test func theTagSavesTheSecondFetch() throws {
    let record = try add()
    #expect(record.tag == "\"1\"")
    #expect(record.hosts == ["files.example.org"])
    #expect(try shelf().newer(record) == nil)
    let last = host.state.withLock { $0.requests.last }
    #expect(last?.headers.contains { $0 == ("If-None-Match", "\"1\"") } == true)
    host.serve(Self.index(2), tag: "\"2\"")
    let newer = try #require(try shelf().newer(record))
    try shelf().update(record, with: newer)
    #expect(try shelf().record("lab").version == 2)
    #expect(try shelf().registry(shelf().record("lab")).version == 2)
    #expect(try Folder.entries(folder.path + "/registries").count == 1)
  }

  @Test func indexesThatGoBackAreRefusedAndTheKnownOneStays() throws {
    host.serve(Self.index(7), tag: "\"7\"")
    let record = try add()
    for (text, reason) in [
      (Self.index(6), "went back"), (Self.index(7, mirror: "evil.example.org"), "changed without"),
    ] {
      host.serve(text, tag: "\"x\"")
      let error = #expect(throws: NNXError.self) { try shelf().newer(record) }
      #expect(error?.code == .olderRegistry)
      #expect(error?.message.contains(reason) == true)
    }
    #expect(try shelf().registry(shelf().record("lab")).version == 7)
  }

  @Test func hostsThatWereNotTrustedServeNothing() throws {
    let record = try add()
    host.serve(Self.index(2, mirror: "evil.example.org"), tag: "\"2\"")
    let newer = try #require(try shelf().newer(record))
    #expect(newer.hosts == ["evil.example.org"])
    var registry = newer.registry
    registry.hosts = Set(record.hosts)
    let set = registry.models[0].weights[0]
    #expect(try registry.remoteFile(set.files[0], of: set).hosts == [])
    registry.hosts = Set(newer.hosts)
    #expect(try registry.remoteFile(set.files[0], of: set).hosts == ["evil.example.org"])
  }

  @Test func aChangedCopyIsNotUsed() throws {
    let record = try add()
    let name = try Folder.entries(folder.path + "/registries")[0]
    try folder.write("registries/\(name)", Array(Self.index(3).utf8))
    let error = #expect(throws: NNXError.self) { try shelf().registry(record) }
    #expect(error?.code.name == "invalid-registry")
  }

  @Test func anAddressIsReadWithoutBeingAdded() throws {
    var notes: [String] = []
    let first = try shelf().open(named: ["https://lab.example.org/nnx"]) { notes.append($0) }
    #expect(first.models.map(\.name) == ["ours-ct"])
    #expect(first.name == "lab.example.org")
    var failure = NNXError(.unreachable, "no route")
    failure.retry = NNXError.Retry()
    let asked = host.state.withLock { state in
      state.failure = failure
      return state.requests.count
    }
    for shelf in [shelf(), shelf(offline: true)] {
      let again = try shelf.open(named: ["https://lab.example.org/nnx"]) { notes.append($0) }
      #expect(again.version == 1)
    }
    // Three times online, and not at all offline.
    #expect(host.state.withLock { $0.requests.count } == asked + 3)
    #expect(notes.count == 2 && notes.allSatisfy { $0.contains("Using version 1") })
    host.state.withLock { $0.failure = nil }
    host.serve(Self.index(0), tag: nil)
    let error = #expect(throws: NNXError.self) {
      try shelf().open(named: ["https://lab.example.org/nnx"]) { _ in }
    }
    #expect(error?.code == .olderRegistry)
    #expect(try shelf().records().isEmpty)
  }

  @Test func redirectsStayOnTheHost() throws {
    host.state.withLock { ($0.status, $0.location) = (302, "https://evil.example.org/r.json") }
    let error = #expect(throws: NNXError.self) { try shelf().examine(source) }
    #expect(error?.code.name == "forbidden-host")
    #expect(host.state.withLock { $0.requests.count } == 1)
  }

  @Test func endlessDocumentsAreRefused() throws {
    host.state.withLock { $0.body = [UInt8](repeating: 0x20, count: 17 << 20) }
    #expect(throws: NNXError.self) { try shelf().examine(source) }
  }
}
