import Foundation
import NNXSystem
import TestSupport
import Testing

/// nnx as a client of GitHub and Hugging Face: what it asks before it fetches, whom it believes.
@Suite struct PublishedHostsTests {
  let bench = NetworkBench()
  static let places: [NetworkBench.Place] = [.gitHub, .huggingFace]

  private func release(
    _ place: NetworkBench.Place, _ path: String = NetworkBench.archive, statesDigests: Bool = true,
    limit: Int? = nil
  ) throws -> TestRelease {
    TestRelease(
      place == .gitHub ? .gitHub : .huggingFace, "lab/models",
      place == .gitHub ? "v1.0" : "main", statesDigests: statesDigests, limit: limit,
      files: [try .init(path, key: NetworkBench.key)])
  }

  private func archives() throws -> [OrderedJSON] {
    let models = try bench.nnx.home.get().path + "/models"
    return try Folder.entries(models).flatMap { model in
      try Folder.entries("\(models)/\(model)").filter { $0 != "default" }.flatMap { version in
        try OrderedJSON(contentsOf: "\(models)/\(model)/\(version)/receipt.json")["source"]?[
          "archives"]?.array ?? []
      }
    }
  }

  @Test(arguments: places)
  func aFileInstallsByItsAddressAndIsPromisedBeforeItComes(_ place: NetworkBench.Place) throws {
    let host = try NetworkBench.everywhere()
    let outcome = try bench.install(host, from: place)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(!outcome.errors.contains("nobody states a digest"))
    #expect(try bench.installed() == NetworkBench.right.get())
    #expect(try archives().map { $0["pinned"]?.bool } == [true])
    #expect(try archives().map { $0["from"]?.string } == [place.selector])
    // The listing first, then one file through one redirect.
    #expect(host.requests.map(\.host).first == place.trusted)
    #expect(Set(host.requests.compactMap(\.host)) == place.hosts)
    NetworkBench.expectNoLeak(host, hosts: place.hosts, trusted: place.trusted)
  }

  /// Files of before June 2025: what came first is what comes later.
  @Test(arguments: places)
  func aFileThatNobodyVouchesForIsMeasuredOnce(_ place: NetworkBench.Place) throws {
    let host = try LoopbackZenodo([], releases: [try release(place, statesDigests: false)])
    let first = try bench.install(host, from: place)
    #expect(first.status == 0, "\(first.errors)")
    #expect(first.errors.contains("nobody states a digest"), "\(first.errors)")
    let sha256 = try Digest.ofFile(NetworkBench.archive, .sha256)
    #expect(try archives().map { $0["sha256"]?.string } == [sha256])
    #expect(try archives().map { $0["pinned"]?.bool } == [false])

    let folder = try TemporaryFolder()
    var other = try Data(contentsOf: URL(fileURLWithPath: NetworkBench.archive))
    other[other.count - 1] ^= 1
    let path = try folder.write("other.zip", [UInt8](other))
    host.publish(try release(place, path, statesDigests: false))
    let second = try bench.run(host, ["install", place.selector, "--force"])
    #expect(second.status == 76, "\(second.errors)")
    #expect(second.errors.contains("that was installed before"), "\(second.errors)")
    #expect(try bench.installed() == NetworkBench.right.get())

    host.publish(try release(place, statesDigests: false))
    let third = try bench.run(host, ["install", place.selector, "--force"])
    #expect(third.status == 0, "\(third.errors)")
    #expect(!third.errors.contains("nobody states a digest"), "\(third.errors)")
  }

  @Test(arguments: places)
  func whatTheHostStatesIsComparedWithTheRegistry(_ place: NetworkBench.Place) throws {
    let folder = try TemporaryFolder()
    let right = try Digest.ofFile(NetworkBench.archive, .sha256)
    let host = try LoopbackZenodo([], releases: [try release(place)])
    let wrong = String(right.reversed())
    for (sha256, size, what) in [
      (wrong, NetworkBench.size, wrong), (right, 7, "\(NetworkBench.size)"),
    ] {
      let path = try registry(folder, place, sha256: sha256, size: size)
      let outcome = try bench.run(host, ["install", "demo-ct", "--registry", path])
      #expect(outcome.status == 76, "\(outcome.errors)")
      #expect(outcome.errors.contains(what), "\(outcome.errors)")
      #expect(outcome.errors.contains("the registry says"), "\(outcome.errors)")
    }
    #expect(host.requests.allSatisfy { $0.host == place.trusted })
    #expect(try bench.installed() == [:])
    let path = try registry(folder, place, sha256: nil, size: nil)
    let outcome = try bench.run(host, ["install", "demo-ct", "--registry", path])
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(try archives().map { $0["pinned"]?.bool } == [true])
    // The address of what an entry names means the entry.
    let again = try bench.run(host, ["install", place.selector, "--registry", path])
    #expect(again.output.contains("demo-ct"), "\(again.output) \(again.errors)")
  }

  @Test func gitHubsLimitIsWaitedFor() throws {
    let host = try LoopbackZenodo([], releases: [try release(.gitHub, limit: 0)])
    let outcome = try bench.install(host, from: .gitHub)
    #expect(outcome.status == 0, "\(outcome.errors)")
    let waited = try bench.waited()
    #expect(waited > 30 && waited < 60, "\(waited)")
  }

  @Test(arguments: places)
  func whatIsNotThereIsNamed(_ place: NetworkBench.Place) throws {
    let host = try LoopbackZenodo([], releases: [try release(place)])
    let address = place.selector.replacingOccurrences(of: NetworkBench.key, with: "Other.zip")
    let other = try bench.run(host, ["install", address])
    #expect(other.status == 66, "\(other.errors)")
    #expect(other.errors.contains(NetworkBench.key), "\(other.errors)")
    let nothing = try bench.run(
      host, ["install", place.selector.replacingOccurrences(of: "lab/models", with: "lab/none")])
    #expect(nothing.status == 66, "\(nothing.errors)")
    #expect(nothing.errors.contains("error[record-not-found]"), "\(nothing.errors)")
  }

  /// Archives of other shapes come by the same wire: the first bytes are those that their names promise.
  @Test(arguments: [("czf", "model.tar.gz"), ("cf", "model.tar")])
  func aTarInstallsFromItsHost(_ mode: String, _ name: String) throws {
    let tree = try Fixtures.unzip(NetworkBench.archive)
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/\(name)"
    let tar = Process()
    tar.executableURL = URL(fileURLWithPath: "/bin/tar")
    tar.arguments = [mode, path, "-C", tree.path] + (try Folder.entries(tree.path))
    try tar.run()
    tar.waitUntilExit()
    #expect(tar.terminationStatus == 0)
    let release = TestRelease(.gitHub, "lab/models", "v1.0", files: [try .init(path)])
    let host = try LoopbackZenodo([], releases: [release])
    let address = release.address(of: release.files[0])
    let outcome = try bench.run(host, ["install", address, "--name", NetworkBench.name])
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(try bench.installed() == NetworkBench.right.get())
  }

  /// Loose files of a folder, and nothing else of the repository; some folds, a lock and a repair, too.
  @Test func looseFilesOfAFolderInstall() throws {
    let host = try NetworkBench.everywhere()
    let outcome = try bench.install(host, from: .huggingFaceFolder)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(!outcome.errors.contains("nobody states a digest"), "\(outcome.errors)")
    #expect(try bench.installed() == NetworkBench.right.get())
    #expect(!host.requests.contains { $0.path.contains("README") })
    NetworkBench.expectNoLeak(
      host, hosts: NetworkBench.Place.huggingFaceFolder.hosts, trusted: "huggingface.co")
    let archive = try #require(try archives().first)
    #expect(archive["from"]?.string == NetworkBench.Place.huggingFaceFolder.selector)
    #expect(archive["sha256"]?.string?.count == 64)

    // What is damaged comes again by itself.
    let home = try bench.nnx.home.get().path
    let model = try #require(try Folder.entries(home + "/models").first)
    let version = try #require(
      try Folder.entries("\(home)/models/\(model)").first { $0 != "default" })
    let plans = try #require(
      try Folder.files(below: "\(home)/models/\(model)/\(version)").first {
        $0.path.hasSuffix("plans.json")
      })
    let place = "\(home)/models/\(model)/\(version)/\(plans.path)"
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: place)
    try Data("{}".utf8).write(to: URL(fileURLWithPath: place))
    let second = try NetworkBench.everywhere()
    let repaired = try bench.run(second, ["verify", "--repair", model])
    #expect(repaired.status == 0, "\(repaired.output)\(repaired.errors)")
    #expect(try bench.installed() == NetworkBench.right.get())
    #expect(!second.requests.contains { $0.path.contains("checkpoint") })

    let folder = try TemporaryFolder()
    let lock = "\(folder.path)/nnx.lock"
    #expect(try bench.run(second, ["lock", "-f", lock]).status == 0)
    #expect(try bench.run(second, ["uninstall", model]).status == 0)
    let synced = try bench.run(second, ["sync", "-f", lock])
    #expect(synced.status == 0, "\(synced.output)\(synced.errors)")
    #expect(try bench.installed() == NetworkBench.right.get())

    let nothing = try bench.run(
      second, ["install", "https://huggingface.co/lab/loose/tree/main/none"])
    #expect(nothing.status == 66, "\(nothing.errors)")
    #expect(nothing.errors.contains("no files of a model in none"), "\(nothing.errors)")
  }

  /// Weights that a publisher hands out to whoever has a number: named, explained, never asked for.
  @Test func whatNeedsALicenceNumberIsExplainedAndBrought() throws {
    let folder = try TemporaryFolder()
    let path = try registry(
      folder, .gitHub, sha256: nil, size: nil,
      access: [
        "needs": "licence number", "how": ["Get a number at the lab"], "statedBy": "the lab",
      ])
    let host = try LoopbackZenodo([])
    for options in [[], ["--dry-run"]] {
      let refused = try bench.run(host, ["install", "demo-ct", "--registry", path] + options)
      #expect(refused.status == 77, "\(refused.errors)")
      for words in ["needs-licence", "licence number", "Get a number at the lab", "--from"] {
        #expect(refused.errors.contains(words), "\(refused.errors)")
      }
    }
    #expect(host.requests.isEmpty)
    let brought = try bench.run(
      host, ["install", "demo-ct", "--registry", path, "--from", NetworkBench.archive])
    #expect(brought.status == 0, "\(brought.errors)")
    #expect(host.requests.isEmpty)
  }

  /// A registry with one entry whose file lies at `place`, or is not handed out.
  private func registry(
    _ folder: TemporaryFolder, _ place: NetworkBench.Place, sha256: String?, size: Int?,
    access: [String: Any]? = nil
  ) throws -> String {
    let data = try Data(contentsOf: URL(fileURLWithPath: Fixtures.repository + "/registry.json"))
    var root = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    let models = try #require(root["models"] as? [[String: Any]])
    var card = try #require(models.first { $0["name"] as? String == "demo-ct" })
    var weights = try #require((card["weights"] as? [[String: Any]])?.first)
    weights["dataset"] = "Dataset906_2d"
    weights["files"] = [
      [
        "key": NetworkBench.key, "size": size ?? NSNull(), "md5": NSNull(),
        "sha256": sha256 ?? NSNull(), "mirrors": [place.selector],
      ] as [String: Any]
    ]
    if let access {
      weights["access"] = access
      weights["files"] = [Any]()
    }
    card["weights"] = [weights]
    card["related"] = [Any]()
    root["models"] = [card]
    return try folder.write(
      "registry.json", Array(try JSONSerialization.data(withJSONObject: root)))
  }
}
