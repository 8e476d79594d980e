import Foundation
import NNXSystem
import TestSupport
import Testing

/// A registry that knows a newer version: `outdated`, `list --outdated`, `upgrade`.
@Suite struct UpgradeTests {
  private static let newer = (old: "\"version\": \"2026.11.23\"", new: "\"version\": \"2026.12.1\"")
  private static let label = (old: "\"name\": \"lesion\"", new: "\"name\": \"nodule\"")

  private func shelf(_ changes: [(old: String, new: String)]) throws -> (Shelf, String) {
    let shelf = try Shelf()
    try #require(try shelf.run("install", "demo-ct", "-q").status == 0)
    return (shelf, try shelf.registry(replacing: changes))
  }

  @Test func tellsWhatIsOutdated() throws {
    let (shelf, registry) = try shelf([Self.newer])
    #expect(try shelf.run("outdated").output.isEmpty)
    #expect(try shelf.run("outdated", "--check").status == 0)
    let outdated = try shelf.run("outdated", "--registry", registry)
    #expect(outdated.status == 0)
    try Snapshot.expect(outdated.output, "outdated")
    #expect(try shelf.run("outdated", "--registry", registry, "--check", "-q").status == 1)
    #expect(try shelf.run("list", "--outdated", "-q", "--registry", registry).output == "demo-ct\n")
    #expect(try shelf.run("list", "--outdated", "-q").output == "")
    let data = try shelf.data(["outdated", "--registry", registry], schema: "nnx.outdated/1")
    #expect(data["models"]?.array?.first?["sameLabels"]?.bool == true)
    #expect(data["models"]?.array?.first?["newWeights"]?.bool == false)
  }

  @Test func tellsWhenLabelsChange() throws {
    let (shelf, registry) = try shelf([Self.newer, Self.label])
    let outdated = try shelf.run("outdated", "--registry", registry)
    #expect(outdated.output.contains("labels changed: +nodule -lesion"), "\(outdated.output)")
  }

  @Test func upgradesSideBySide() throws {
    let (shelf, registry) = try shelf([Self.newer])
    let planned = try shelf.run("upgrade", "demo-ct", "--dry-run", "--registry", registry)
    #expect(planned.output.contains("Would upgrade demo-ct from 2026.11.23 to 2026.12.1"))
    #expect(try shelf.run("path", "demo-ct").output.hasSuffix("/2026.11.23\n"))

    let upgraded = try shelf.run("upgrade", "--all", "--registry", registry)
    #expect(upgraded.status == 0, "\(upgraded.errors)")
    #expect(try shelf.run("path", "demo-ct").output.hasSuffix("/2026.12.1\n"))
    #expect(try shelf.run("path", "demo-ct@2026.11.23").status == 0)
    try Snapshot.expect(try shelf.run("list").output, "list-versions")
    let again = try shelf.run("upgrade", "demo-ct", "--registry", registry)
    #expect(again.errors.contains("demo-ct is up to date"))
  }

  @Test func prunesOnRequest() throws {
    let (shelf, registry) = try shelf([Self.newer])
    let data = try shelf.data(
      ["upgrade", "--all", "--prune", "--registry", registry], schema: "nnx.upgrade/1")
    #expect(data["upgraded"]?.array?.first?["pruned"]?.bool == true)
    #expect(try shelf.run("path", "demo-ct@2026.11.23").status == 66)
    #expect(try shelf.run("path", "demo-ct").status == 0)
  }

  @Test func needsToKnowWhat() throws {
    let all = try Shelf().run("upgrade")
    #expect(all.status == 0 && all.errors.contains("Every model is up to date."))
    #expect(try Shelf().run("upgrade", "nothing").status == 66)
  }
}
