import Foundation
import NNXSystem
import TestSupport
import Testing

/// `list`, `search` and `info`: what is found, and how it reads in 80 columns.
@Suite struct ListingTests {
  private func shelf() throws -> Shelf {
    let shelf = try Shelf([("folds", "v2/plain_ct_folds"), ("cascade", "v1/cascade")])
    try #require(try shelf.run("install", "demo-ct", "-q").status == 0)
    return shelf
  }

  @Test func listsWhatIsInstalled() throws {
    let shelf = try shelf()
    let listed = try shelf.run("list")
    try Snapshot.expect(listed.output, "list")
    Snapshot.expectFits(listed.output)
    #expect(try shelf.run("list", "-q").output == "cascade\ndemo-ct\nfolds\n")
    #expect(try shelf.run("ls", "-q", "--sort", "size").output.hasPrefix("demo-ct\n"))
    for columns in [40, 50, 60, 72, 100] {
      let narrow = try shelf.run(["list"], environment: ["COLUMNS": "\(columns)"])
      Snapshot.expectFits(narrow.output, columns: columns)
    }
  }

  @Test(arguments: [
    (["--modality", "ct"], ["cascade", "demo-ct", "folds"]), (["--modality", "MR"], []),
    (["--organ", "liver"], ["demo-ct"]), (["--label", "lesion"], ["demo-ct"]),
    (["--label", "tumour"], ["folds"]), (["--commercial"], []),
  ])
  func filtersWhatIsInstalled(flags: [String], expected: [String]) throws {
    let shelf = try shelf()
    let names = try shelf.data(["list"] + flags, schema: "nnx.list/1")["models"]?.array?
      .compactMap { $0["name"]?.string }
    #expect(names == expected)
  }

  @Test func listJSONHasTheShapeThatIsPromised() throws {
    let data = try shelf().data(["list"], schema: "nnx.list/1")
    let models = try #require(data["models"]?.array)
    let demo = try #require(models.first { $0["name"]?.string == "demo-ct" })
    #expect(demo["folds"] == ["have": [0], "all": [0]])
    #expect(demo["state"]?.string == "ok")
    #expect(demo["modality"]?.string == "CT")
    #expect(demo["licenses"]?.array != nil)
    #expect(demo["digest"]?.string?.count == 64)
    let folds = try #require(models.first { $0["name"]?.string == "folds" })
    #expect(folds["folds"]?["have"] == [0, 1, 2])
    #expect(folds["folds"]?["all"] == [0, 1, 2])
    #expect(data["bytes"]?.int == models.reduce(0) { $0 + ($1["bytes"]?.int ?? 0) })
  }

  @Test func listsWhatCanBeInstalled() throws {
    let shelf = try shelf()
    let listed = try shelf.run("list", "-a")
    try Snapshot.expect(listed.output, "list-available")
    Snapshot.expectFits(listed.output)
    let outcome = try shelf.run("list", "-a", "--json")
    let answer = try OrderedJSON(parsing: Array(outcome.output.utf8), source: "list")
    let warnings = answer["warnings"]?.array ?? []
    #expect(warnings.contains { $0["message"]?.string?.hasPrefix("liver2-ct:") == true })
    #expect(warnings.allSatisfy { $0["code"]?.string == "license-conflict" })
    #expect(
      try shelf.run("list", "-a", "-q", "--commercial").output.split(separator: "\n")
        .contains("liver2-ct") == false)
  }

  @Test func searches() throws {
    let shelf = try shelf()
    let found = try shelf.run("search", "liver", "--label", "tumour")
    try Snapshot.expect(found.output, "search")
    let british = try shelf.run("search", "kidney", "tumour", "-q")
    let american = try shelf.run("search", "kidneys", "tumor", "-q")
    #expect(british.output == american.output && british.output.contains("kidney-ct\n"))
  }

  @Test func findingNothingNamesTheNearest() throws {
    let shelf = try Shelf()
    let outcome = try shelf.run("search", "livr")
    #expect(outcome.status == 1)
    #expect(outcome.output.isEmpty)
    #expect(outcome.errors.contains("Close names: liver-ct, liver-mr, liver2-ct"))
    let data = try shelf.data(["search", "livr"], schema: "nnx.search/1", status: 1)
    #expect(data["models"] == [])
    #expect(data["close"]?.array?.isEmpty == false)
  }

  @Test(arguments: ["liver2-ct", "demo-ct", "cascade", "lung-ct"])
  func describes(name: String) throws {
    let shelf = try shelf()
    let info = try shelf.run("info", name)
    #expect(info.status == 0)
    // Kernels and their error are those of the machine.
    let text = info.output.replacing(
      /[a-z0-9]+ kernels within [0-9.e-]+ of/, with: "avx2 kernels within 1.0e-07 of")
    try Snapshot.expect(text, "info-\(name)")
    Snapshot.expectFits(info.output)
    let data = try shelf.data(["info", name], schema: "nnx.info/1")
    #expect(data["entry"] != nil && data["installed"] != nil)
  }

  @Test func describesSectionsAlone() throws {
    let shelf = try shelf()
    let labels = try shelf.run("show", "liver2-ct", "--labels").output
    #expect(labels.contains("SCT 10200004") && !labels.contains("licence"))
    let license = try shelf.run("info", "liver2-ct", "--license").output
    #expect(license.contains("CC-BY-NC-4.0 says MHub") && !license.contains("SCT"))
    #expect(
      try shelf.run("info", "liver2-ct", "--files").output
        .contains("efbcf11ed43bc86a115f0f07ec7b669f"))
    #expect(try shelf.run("info", "demo-ct", "--cite").output.contains("10.1038"))
    #expect(try shelf.run("info", "demo-ct", "--use").output.contains("not for"))
    #expect(try shelf.run("info", "demo-ct", "--inputs").output.contains("0: CT in HU"))
  }

  @Test func tellsWhereThingsLie() throws {
    let shelf = try shelf()
    for flags in [[], ["--weights"], ["--record"], ["--plans"], ["--results"]] {
      let outcome = try shelf.run(["path", "demo-ct"] + flags)
      let last = try #require(outcome.output.split(separator: "\n").last)
      #expect(FileManager.default.fileExists(atPath: String(last)), "\(flags): \(last)")
    }
    #expect(try shelf.run("path", "cascade", "--plans").output.hasSuffix("/plans.pkl\n"))
    #expect(try shelf.run("path", "cascade", "--results").status == 65)
    #expect(try shelf.run("path", "--plans").status == 64)
  }
}
