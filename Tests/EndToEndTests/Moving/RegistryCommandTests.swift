import Foundation
import NNXSystem
import TestSupport
import Testing

/// Registries that a user adds, from files; what is asked of addresses is in RegistryShelfTests.
@Suite struct RegistryCommandTests {
  private let site: TemporaryFolder
  private let index: String
  private let nnx = Binary()

  init() throws {
    site = try TemporaryFolder()
    index = site.path + "/registry.json"
    try write(version: 1)
  }

  /// A registry with the demo under a name of its own, beside one name that nnx's own has too.
  private func write(version: Int, summary: String = "A copy of the demo.") throws {
    let zip = Fixtures.repository + "/Models/demo-ct.zip"
    try site.write("demo.zip", [UInt8](Data(contentsOf: URL(fileURLWithPath: zip))))
    let digest = try Digest.ofFile(zip, .sha256)
    func entry(_ name: String) -> String {
      """
      {"name": "\(name)", "version": "2026.1.2", "collection": "lab", "title": "Ours",
       "summary": "\(summary)", "status": "active", "organs": ["liver"],
       "licenses": [{"spdx": "CC0-1.0", "statedBy": "us", "scope": "weights"}],
       "weights": [{"id": "\(name)", "nnunet": 2, "dataset": "Dataset801_DemoCT",
         "record": null, "doi": null, "published": null,
         "files": [{"key": "demo.zip", "path": "demo.zip", "size": null, "md5": null,
           "sha256": "\(digest)", "mirrors": ["https://mirror.example.org/demo.zip"]}],
         "labels": [{"value": 1, "name": "lung"}], "evidence": "ours"}],
       "inputs": [{"index": 0, "name": "CT", "modality": "CT"}],
       "labels": [{"value": 1, "name": "lung"}]}
      """
    }
    let text = """
      {"schema": 1, "version": \(version), "updated": "2026-11-24",
       "collections": {"lab": {"title": "Lab", "publisher": "us"}}, "citations": {},
       "models": [\(["ours-ct", "demo-ct", "liver3-ct"].map(entry).joined(separator: ","))]}
      """
    try site.write("registry.json", Array(text.utf8))
  }

  private func run(_ arguments: String..., status: Int32 = 0) throws -> Binary.Outcome {
    let outcome = try nnx.run(arguments)
    #expect(outcome.status == status, "\(arguments): \(outcome.errors)")
    return outcome
  }

  @Test func trustIsAskedAndClashesAreShown() throws {
    let refused = try run("registry", "add", index, "--name", "lab", status: 77)
    #expect(refused.errors.contains("error[not-trusted]"))
    #expect(refused.errors.contains("mirror.example.org"))
    #expect(refused.errors.contains("'demo-ct' is known already"))
    #expect(
      refused.errors.contains("'liver3-ct' is one letter away from the known 'liver-ct'")
        || refused.errors.contains("'liver3-ct' is one letter away from the known 'liver2-ct'"))
    #expect(try run("registry", "list", "-q").output == "nnx\n")

    _ = try run("registry", "add", index, "--name", "lab", "--trust")
    #expect(try run("registry", "list", "-q").output == "nnx\nlab\n")
    #expect(try run("registry", "show", "lab").output.contains("lab/demo-ct"))
    _ = try run("registry", "add", index, "--name", "lab", "--trust", status: 64)
    _ = try run("registry", "remove", "lab")
    _ = try run("registry", "remove", "lab", status: 66)
    #expect(try run("registry", "list", "-q").output == "nnx\n")
  }

  @Test func theFirstRegistryWinsAndAPrefixSelects() throws {
    _ = try run("registry", "add", site.path, "--name", "lab", "--trust")
    #expect(try run("info", "demo-ct").output.contains("Ours") == false)
    #expect(try run("info", "lab/demo-ct").output.contains("Ours"))
    _ = try run("install", "ours-ct", "lab/demo-ct", "-q")
    #expect(try run("list", "-q").output == "demo-ct\nours-ct\n")
    #expect(try run("list", "--json").output.contains("2026.1.2"))
    _ = try run("registry", "remove", "lab")
    _ = try run("registry", "add", site.path, "--name", "lab", "--trust", "--first")
    #expect(try run("registry", "list", "-q").output == "lab\nnnx\n")
    #expect(try run("info", "demo-ct").output.contains("Ours"))
    #expect(try run("info", "nnx/demo-ct").output.contains("Ours") == false)
  }

  /// Two registries may call two models the same, down to the version.
  @Test func aModelOfTheSameNameAndVersionIsNotMistaken() throws {
    let text = String(decoding: try site.read(index), as: UTF8.self)
    let own = try OrderedJSON(contentsOf: Fixtures.repository + "/registry.json")["models"]
    let demo = own?.array?.first { $0["name"]?.string == "demo-ct" }?["version"]?.string
    let same = try #require(demo)
    let digest = try Digest.ofFile(Fixtures.repository + "/Models/demo-ct.zip", .sha256)
    try site.write(
      "registry.json",
      Array(
        text.replacing("2026.1.2", with: same)
          .replacing(digest, with: String(repeating: "a", count: 64)).utf8))
    _ = try run("registry", "add", index, "--name", "lab", "--trust")
    _ = try run("install", "demo-ct")
    let outcome = try run("install", "lab/demo-ct", status: 73)
    #expect(outcome.errors.contains("error[other-source]"))
    _ = try run("install", "demo-ct")
  }

  @Test func anIndexNeverGoesBack() throws {
    try write(version: 5)
    _ = try run("registry", "add", index, "--name", "lab", "--trust")
    #expect(try run("registry", "update").output.contains("version 5 is current"))
    try write(version: 4)
    let older = try run("registry", "update", "lab", status: 76)
    #expect(older.errors.contains("went back from version 5 to 4"))
    try write(version: 5, summary: "Another text.")
    let changed = try run("registry", "update", "lab", status: 76)
    #expect(changed.errors.contains("changed without a new version (5)"))
    #expect(try run("registry", "list").output.contains("5"))
    try write(version: 6)
    #expect(try run("registry", "update", "lab").output.contains("version 5 -> 6"))
    _ = try run("info", "ours-ct")
  }

  /// The registry inside nnx is never replaced by a lower version.
  @Test func anOldCopyOfOurOwnRegistryChangesNothing() throws {
    try write(version: 1)
    _ = try run("registry", "add", index, "--name", "nnx", "--trust")
    _ = try run("info", "lung2-ct")
    _ = try run("info", "ours-ct", status: 66)
    try write(version: 1000)
    _ = try run("registry", "update")
    _ = try run("info", "ours-ct")
    _ = try run("info", "lung2-ct", status: 66)
  }

  @Test(arguments: [
    ("add /nowhere/registry.json --trust", Int32(66)),
    ("add http://example.org/nnx --trust", 64), ("show nothing", 66), ("update nothing", 66),
  ])
  func wrongNamesAreNamed(arguments: String, status: Int32) throws {
    let words = arguments.split(separator: " ").map(String.init)
    #expect(try nnx.run(["registry"] + words).status == status)
  }

  @Test func brokenIndexesAreNotAdded() throws {
    for text in ["{", "[]", #"{"schema": 9}"#, #"{"schema": 1}"#] {
      try site.write("registry.json", Array(text.utf8))
      let outcome = try nnx.run("registry", "add", index, "--trust")
      #expect([65, 78].contains(outcome.status), "\(text): \(outcome.errors)")
    }
    #expect(try run("registry", "list", "-q").output == "nnx\n")
  }
}
