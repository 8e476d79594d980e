import Foundation
import NNXSystem
import TestSupport
import Testing

/// The real binary, a Zenodo on this machine, and time that passes only when somebody waits.
struct NetworkBench {
  static let record = 900_002
  static let key = "Dataset001_Slices.zip"
  static let archive = Fixtures.folder + "/reference/v2/slices_2d/model.zip"
  static let size = (try? FileReader(archive).count) ?? 0
  /// A name that the install by record makes of `key`.
  static let name = "dataset001-slices"

  let nnx = Binary()

  /// Where `key` is published.
  enum Place: String, CaseIterable, Sendable {
    case zenodo, gitHub, huggingFace
    /// The files by themselves.
    case huggingFaceFolder

    /// What an install names.
    var selector: String {
      switch self {
      case .zenodo: "10.5281/zenodo.\(NetworkBench.record)"
      case .gitHub: "https://github.com/lab/models/releases/download/v1.0/\(NetworkBench.key)"
      case .huggingFace: "https://huggingface.co/lab/models/resolve/main/\(NetworkBench.key)"
      case .huggingFaceFolder: "https://huggingface.co/lab/loose/tree/main/models/Dataset906_2d"
      }
    }

    /// The hosts that may be asked, and the one that sees the token.
    var hosts: Set<String> {
      switch self {
      case .zenodo: ["zenodo.org"]
      case .gitHub:
        ["api.github.com", "github.com", "release-assets.githubusercontent.com"]
      case .huggingFace, .huggingFaceFolder: ["huggingface.co", "cas-bridge.xethub.hf.co"]
      }
    }

    var trusted: String {
      switch self {
      case .zenodo: "zenodo.org"
      case .gitHub: "api.github.com"
      case .huggingFace, .huggingFaceFolder: "huggingface.co"
      }
    }
  }

  /// All places on this machine, each with the file.
  static func everywhere(
    script: @escaping LoopbackZenodo.Script = { _, _ in nil },
    flaw: @escaping @Sendable (String, Int) -> TestAuthority.Flaw = { _, _ in .none }
  ) throws -> LoopbackZenodo {
    let file = try TestRelease.File(archive, key: key)
    return try LoopbackZenodo(
      [published()],
      releases: [
        TestRelease(.gitHub, "lab/models", "v1.0", files: [file]),
        TestRelease(.huggingFace, "lab/models", "main", files: [file]), try loose(),
      ], script: script, flaw: flaw)
  }

  /// What the archive holds, each file by itself, and what else lies in a repository.
  static func loose(statesDigests: Bool = true) throws -> TestRelease {
    let place = try tree.get().path
    let files = try Folder.files(below: place).map {
      try TestRelease.File("\(place)/\($0.path)", key: "models/\($0.path)")
    }
    let readme = try TestRelease.File(Fixtures.repository + "/README.md", key: "README.md")
    return TestRelease(
      .huggingFace, "lab/loose", "main", statesDigests: statesDigests, files: files + [readme])
  }

  private static let tree = Result { try Fixtures.unzip(archive) }

  /// The record that most tests install.
  static func published(_ number: Int = record) throws -> TestRecord {
    TestRecord(number, concept: 900_001, files: [try .init(archive, key: key)])
  }

  /// Where the virtual time of a run is written.
  private var clock: String { get throws { try nnx.home.get().path + "/waited" } }

  func environment(_ zenodo: LoopbackZenodo, _ more: [String: String] = [:]) throws
    -> [String: String]
  {
    [
      "LD_PRELOAD": try Shim.library("virtual_time"), "VIRTUAL_LOG": try clock,
      "ZENODO_TOKEN": "t0ken", "GITHUB_TOKEN": "t0ken", "HF_TOKEN": "t0ken",
    ].merging(zenodo.environment) { $1 }.merging(more) { $1 }
  }

  @discardableResult
  func run(
    _ zenodo: LoopbackZenodo, _ arguments: [String], _ more: [String: String] = [:]
  ) throws -> Binary.Outcome {
    try nnx.run(arguments, environment: environment(zenodo, more))
  }

  func install(
    _ zenodo: LoopbackZenodo, from place: Place = .zenodo, _ more: [String: String] = [:]
  ) throws -> Binary.Outcome { try run(zenodo, ["install", place.selector], more) }

  /// Seconds that the last run waited without time passing.
  func waited() throws -> Double {
    Double(String(decoding: try Data(contentsOf: URL(fileURLWithPath: clock)), as: UTF8.self)) ?? -1
  }

  /// Digests of what is installed under any name, by path below the version's folder.
  func installed() throws -> [String: String] {
    let models = try nnx.home.get().path + "/models"
    var digests: [String: String] = [:]
    for model in (try? Folder.entries(models)) ?? [] {
      for version in try Folder.entries("\(models)/\(model)") where version != "default" {
        let folder = "\(models)/\(model)/\(version)"
        for file in try Folder.files(below: folder)
        where !["receipt.json", "card.json"].contains(file.path) {
          digests[file.path] = try Digest.ofFile("\(folder)/\(file.path)", .sha256)
        }
      }
    }
    return digests
  }

  /// What a right install holds: made from the archive itself.
  static let right = Result {
    let bench = NetworkBench()
    let outcome = try bench.nnx.run(["install", archive, "--name", name])
    try #require(outcome.status == 0, "\(outcome.errors)")
    return try bench.installed()
  }

  /// No request but those to the trusted host carries a credential, and nobody was asked who was not meant.
  static func expectNoLeak(
    _ zenodo: LoopbackZenodo, hosts: Set<String> = ["zenodo.org"], trusted: String = "zenodo.org"
  ) {
    for request in zenodo.requests {
      #expect(hosts.contains(request.host ?? "?"), "\(request.host ?? "") was asked")
      if request.host == trusted {
        #expect(request.headers["authorization"] == "Bearer t0ken")
      } else {
        let values = request.headers.values.joined() + request.path
        #expect(!values.contains("t0ken"), "\(request)")
      }
      #expect(request.headers["user-agent"]?.contains("(+https://") == true)
    }
  }
}
