import Foundation
import NNXSystem
import TestSupport
import Testing

/// nnx as a client of Zenodo: what it asks, what it believes, how often it comes.
@Suite struct ZenodoTests {
  let bench = NetworkBench()

  private func expectInstalled(_ outcome: Binary.Outcome) throws {
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(try bench.installed() == NetworkBench.right.get())
  }

  @Test(arguments: TestRecord.Shape.allCases)
  func readsEveryShapeOfTheAPI(_ shape: TestRecord.Shape) throws {
    let zenodo = try LoopbackZenodo([NetworkBench.published()], shape: shape)
    try expectInstalled(bench.install(zenodo))
    NetworkBench.expectNoLeak(zenodo)
  }

  @Test(arguments: [
    "900002", "10.5281/zenodo.900002", "https://doi.org/10.5281/zenodo.900002",
    "https://zenodo.org/record/900002", "https://zenodo.org/records/900002",
    "https://zenodo.org/api/records/900002", "https://zenodo.org/doi/10.5281/zenodo.900002",
  ])
  func takesEveryFormOfARecord(_ form: String) throws {
    let zenodo = try LoopbackZenodo([NetworkBench.published()])
    try expectInstalled(bench.run(zenodo, ["install", form]))
  }

  /// A version's DOI means that version; the concept's the newest, whether the API redirects or not.
  @Test(arguments: TestRecord.Shape.allCases, [true, false])
  func aConceptIsItsNewestVersion(_ shape: TestRecord.Shape, redirects: Bool) throws {
    var newer = try NetworkBench.published(900_007)
    newer.published = "2025-03-01"
    let zenodo = try LoopbackZenodo([NetworkBench.published(), newer], shape: shape) { request, _ in
      request.path == "/api/records/900001" && !redirects ? (.notFound, 0) : nil
    }
    try expectInstalled(bench.run(zenodo, ["install", "10.5281/zenodo.900001"]))
    try expectInstalled(bench.run(zenodo, ["install", "10.5281/zenodo.900002"]))
    let folder = try bench.nnx.home.get().path + "/models/" + NetworkBench.name
    #expect(try Folder.entries(folder).sorted() == ["2024.6.11", "2025.3.1", "default"])
    let missing = try bench.run(zenodo, ["install", "10.5281/zenodo.77"])
    #expect(missing.status == 66)
  }

  /// A registry with one entry whose file lies in a record.
  private func registry(
    _ folder: TemporaryFolder, md5: String?, size: Int? = NetworkBench.size,
    key: String = NetworkBench.key, mirrors: [String] = []
  ) throws -> String {
    let data = try Data(contentsOf: URL(fileURLWithPath: Fixtures.repository + "/registry.json"))
    var root = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    let models = try #require(root["models"] as? [[String: Any]])
    var card = try #require(models.first { $0["name"] as? String == "demo-ct" })
    var weights = try #require((card["weights"] as? [[String: Any]])?.first)
    weights["record"] = NetworkBench.record
    weights["doi"] = "10.5281/zenodo.\(NetworkBench.record)"
    weights["dataset"] = "Dataset906_2d"
    weights["files"] = [
      [
        "key": key, "size": size ?? NSNull(), "md5": md5 ?? NSNull(), "sha256": NSNull(),
        "mirrors": mirrors,
      ] as [String: Any]
    ]
    card["weights"] = [weights]
    card["related"] = []
    root["models"] = [card]
    return try folder.write(
      "registry.json", Array(try JSONSerialization.data(withJSONObject: root)))
  }

  private func md5() throws -> String { try Digest.ofFile(NetworkBench.archive, .md5) }

  @Test func whatTheAPISaysIsComparedWithTheRegistry() throws {
    let folder = try TemporaryFolder()
    let right = try md5()
    let wrong = String(right.reversed())
    let zenodo = try LoopbackZenodo([NetworkBench.published()])
    for (md5, size, key, what) in [
      (wrong, NetworkBench.size, NetworkBench.key, wrong),
      (right, 7, NetworkBench.key, "\(NetworkBench.size)"),
      (right, NetworkBench.size, "Other.zip", NetworkBench.key),
    ] {
      let path = try registry(folder, md5: md5, size: size, key: key)
      let outcome = try bench.run(zenodo, ["install", "demo-ct", "--registry", path])
      #expect(outcome.status == 76, "\(outcome.errors)")
      #expect(outcome.errors.contains(what), "\(outcome.errors)")
      #expect(outcome.errors.contains("the registry says"), "\(outcome.errors)")
    }
    #expect(zenodo.requests.allSatisfy { $0.path.hasPrefix("/api/") })
    #expect(try bench.installed() == [:])
    let path = try registry(folder, md5: right)
    try expectInstalled(bench.run(zenodo, ["install", "demo-ct", "--registry", path]))
  }

  /// Without an answer of the API the registry's digest is enough; without a digest nothing is.
  @Test func anAPIThatIsSilentStopsOnlyWhatNobodyVouchesFor() throws {
    let folder = try TemporaryFolder()
    let zenodo = try LoopbackZenodo([NetworkBench.published()]) { _, isFile in
      isFile ? nil : (.error503, 0)
    }
    let unpinned = try registry(folder, md5: nil)
    let refused = try bench.run(zenodo, ["install", "demo-ct", "--registry", unpinned])
    #expect([69, 75].contains(refused.status), "\(refused.errors)")
    #expect(zenodo.requests.allSatisfy { $0.path.hasPrefix("/api/") })
    let pinned = try registry(folder, md5: try md5())
    let outcome = try bench.run(zenodo, ["install", "demo-ct", "--registry", pinned])
    try expectInstalled(outcome)
    #expect(outcome.errors.contains("could not be compared"), "\(outcome.errors)")
  }

  @Test func theMirrorsOfAnEntryAreAskedInTurnAndGetNoToken() throws {
    let folder = try TemporaryFolder()
    try folder.write("b/files/m.zip", try bytes(NetworkBench.archive))
    let zenodo = try LoopbackZenodo(
      [NetworkBench.published()],
      hosts: ["a.example.org": folder.path + "/a", "b.example.org": folder.path + "/b"]
    ) { request, isFile in isFile && request.host == "zenodo.org" ? (.error502, 0) : nil }
    let path = try registry(
      folder, md5: try md5(),
      mirrors: ["https://a.example.org/files/m.zip", "https://b.example.org/files/m.zip"])
    try expectInstalled(bench.run(zenodo, ["install", "demo-ct", "--registry", path]))
    NetworkBench.expectNoLeak(
      zenodo, hosts: ["zenodo.org", "a.example.org", "b.example.org"])
    #expect(zenodo.requests.last?.host == "b.example.org")
  }

  @Test func authoritiesComeFromTheEnvironment() throws {
    let zenodo = try LoopbackZenodo([NetworkBench.published()])
    let file = zenodo.environment["CURL_CA_BUNDLE"] ?? ""
    let unknown = try bench.install(
      zenodo, ["CURL_CA_BUNDLE": "/etc/ssl/certs/ca-certificates.crt"])
    #expect(unknown.status == 69)
    #expect(unknown.errors.contains("SSL_CERT_FILE"), "\(unknown.errors)")
    #expect(zenodo.requests.isEmpty)
    try expectInstalled(bench.install(zenodo, ["CURL_CA_BUNDLE": "", "SSL_CERT_FILE": file]))
  }

  @Test func theUsersMirrorIsAskedFirst() throws {
    let folder = try TemporaryFolder()
    let tree = "records/\(NetworkBench.record)/files/\(NetworkBench.key)"
    try folder.write("tree/" + tree, try bytes(NetworkBench.archive))
    let path = try registry(folder, md5: try md5())
    let install = ["install", "demo-ct", "--registry", path]
    let zenodo = try LoopbackZenodo(
      [NetworkBench.published()], hosts: ["m.example.org": folder.path + "/tree"])
    try expectInstalled(bench.run(zenodo, install, ["NNX_MIRROR": "https://m.example.org"]))
    #expect(Set(zenodo.requests.map(\.host)) == ["m.example.org"])
    NetworkBench.expectNoLeak(zenodo, hosts: ["m.example.org"])

    // A folder is a mirror too, and needs no network.
    let other = NetworkBench()
    let offline = try other.run(
      zenodo, install + ["--offline"], ["NNX_MIRROR": folder.path + "/tree"])
    #expect(offline.status == 0, "\(offline.errors)")
    #expect(try other.installed() == NetworkBench.right.get())
    #expect(zenodo.requests.count == 1)

    // One that lacks the file is passed over; one that has other bytes installs nothing wrong.
    let third = NetworkBench()
    try folder.write("tree/" + tree, Array(try bytes(NetworkBench.archive).dropLast()) + [7])
    let fallen = try third.run(
      zenodo, install, ["NNX_MIRROR": "https://m.example.org"])
    #expect(fallen.status == 0, "\(fallen.errors)")
    #expect(try third.installed() == NetworkBench.right.get())
  }

  @Test func offlineOpensNoConnection() throws {
    let zenodo = try LoopbackZenodo([NetworkBench.published()])
    let outcome = try bench.run(zenodo, ["install", "10.5281/zenodo.900002", "--offline"])
    #expect(outcome.status == 69)
    #expect(outcome.errors.contains("error[offline]"), "\(outcome.errors)")
    #expect(zenodo.server.handshakes == [:])
  }

  @Test func aLimitThatIsUsedUpIsWaitedFor() throws {
    let zenodo = try LoopbackZenodo(
      [NetworkBench.published()], remaining: [0])
    try expectInstalled(bench.install(zenodo))
    // The answers say that the limit is new in 30 s, and Retry-After: 59, which on success means nothing.
    let waited = try bench.waited()
    #expect(waited > 25 && waited < 45, "\(waited)")
    try expectInstalled(bench.install(zenodo))
  }

  private func bytes(_ path: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
  }
}
