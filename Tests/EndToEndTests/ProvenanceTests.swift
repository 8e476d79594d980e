import Foundation
import NNXSystem
import TestSupport
import Testing

/// The record of a run, and what checks by it: units of the images, `verify SEG`, `cite SEG`.
@Suite struct ProvenanceTests {
  private let shelf: Shelf
  private let scan: String

  /// A small CT: air, and soft tissue in the middle that goes on at the feet and at the head.
  init() throws {
    shelf = try Shelf()
    try #require(try shelf.run("install", "demo-ct", "-q").status == 0)
    scan = shelf.home + "/ct.nii"
    try write(scan) { $0 }
  }

  private func write(_ path: String, _ change: (Float) -> Float) throws {
    let bytes = NIfTIBytes.float32(shape: [16, 16, 16]) { index in
      let (x, y) = (Float(index % 16) - 7.5, Float(index / 16 % 16) - 7.5)
      return change(x * x + y * y < 30 ? 40 + Float(index % 7) : -1000)
    }
    try Data(bytes).write(to: URL(fileURLWithPath: path))
  }

  private func predict(_ image: String, _ more: String...) throws -> Binary.Outcome {
    try shelf.run(
      ["predict", "-m", "demo-ct", "-i", image, "-o", shelf.home + "/seg.nii.gz", "--no-tta"]
        + more)
  }

  private func checks(_ path: String, status: Int32) throws -> [String: String] {
    let outcome = try shelf.run("verify", path, "--json")
    #expect(outcome.status == status, "\(outcome.output)")
    let json = try OrderedJSON(parsing: Array(outcome.output.utf8), source: "verify")
    let run = try #require(json["data"]?["runs"]?.array?.first)
    #expect(run["state"]?.string == (status == 0 ? "ok" : "damaged"))
    var states: [String: String] = [:]
    for check in run["checks"]?.array ?? [] {
      states[check["kind"]?.string ?? ""] = check["state"]?.string
    }
    return states
  }

  @Test func imagesOfOtherUnitsAreRefusedUnlessAllowed() throws {
    let shifted = shelf.home + "/shifted.nii"
    try write(shifted) { $0 + 1024 }
    let refused = try predict(shifted)
    #expect(refused.status == 65)
    #expect(refused.errors.contains("error[not-hounsfield]: \(shifted) does not look like CT"))
    #expect(refused.errors.contains("--allow units"))
    #expect(Folder.isFolder(shelf.home + "/seg.nii.gz") == nil)
    let allowed = try predict(shifted, "--allow", "units")
    #expect(allowed.status == 0, "\(allowed.errors)")
    let record = try OrderedJSON(contentsOf: shelf.home + "/seg.nnx.json")
    #expect(
      record["warnings"]?.array?.contains { $0.string?.contains("does not look like CT") == true }
        == true)
    #expect(try predict(shifted, "--allow", "anything").status == 64)
  }

  @Test func aRecordTiesEverythingTogether() throws {
    try #require(try predict(scan).status == 0)
    let record = try OrderedJSON(contentsOf: shelf.home + "/seg.nnx.json")
    let source = try #require(record["model"]?["source"]?.array?.first)
    for key in ["file", "from", "record", "doi", "md5", "sha256"] { #expect(source[key] != nil) }
    #expect(record["model"]?["licenses"]?.array != nil)
    #expect(record["model"]?["digest"]?.string?.utf8.count == 64)
    let settings = try #require(record["settings"])
    #expect(settings["weightsSha256"]?.array?.count == settings["folds"]?.array?.count)
    #expect(record["notice"]?.string?.contains("not a medical device") == true)
    #expect(record["command"]?.array?.contains("--no-tta") == true)
    #expect(record["seconds"]?["predict"]?.double != nil && record["kernels"]?.string != nil)
    #expect((record["peakBytes"]?.int ?? 0) > 1 << 20)
    #expect(Folder.isFolder(record["folder"]?.string ?? "") == true)
  }

  @Test func aFolderOfResultsBecomesAPage() throws {
    let second = shelf.home + "/scans/b.nii"
    try FileManager.default.createDirectory(
      atPath: shelf.home + "/scans", withIntermediateDirectories: true)
    for path in [shelf.home + "/scans/a.nii", second] { try write(path) { $0 } }
    let results = shelf.home + "/results"
    let predicted = try shelf.run(
      "predict", "-m", "demo-ct", "-i", shelf.home + "/scans", "-o", results, "--no-tta", "--stats",
      "--preview")
    try #require(predicted.status == 0, "\(predicted.errors)")
    let page = shelf.home + "/page.html"
    let data = try shelf.data(["report", results, "-o", page], schema: "nnx.report/1")
    #expect(data["cases"]?.int == 2 && data["leftOut"]?.array?.isEmpty == true)
    let html = try String(contentsOfFile: page, encoding: .utf8)
    #expect(html.contains("<title>results</title>") && html.contains("data-name=\"b\""))
    #expect(!html.contains("labels are shown alone"))
    // The images went away, and lie in another folder now.
    try FileManager.default.moveItem(atPath: shelf.home + "/scans", toPath: shelf.home + "/moved")
    #expect(try shelf.run("report", results, "-o", page, "--overwrite").status == 0)
    #expect(
      try String(contentsOfFile: page, encoding: .utf8).contains("a.nii is not found"))
    let found = try shelf.run(
      "report", results + "/", "-o", page, "--overwrite", "--images", shelf.home + "/moved")
    #expect(found.status == 0 && found.output == page + "\n")
    #expect(try !String(contentsOfFile: page, encoding: .utf8).contains("is not found"))
    #expect(try shelf.run("report", shelf.home + "/moved", "-o", page, "--overwrite").status == 66)
    #expect(try shelf.run("report", results, "-o", "page.pdf").status == 64)
  }

  @Test func resultsAreVerifiedAgainstTheirRecord() throws {
    try #require(try predict(scan).status == 0)
    let segmentation = shelf.home + "/seg.nii.gz"
    let all = ["output": "ok", "input": "ok", "model": "ok", "weights": "ok"]
    #expect(try checks(segmentation, status: 0) == all)
    #expect(try checks(shelf.home + "/seg.nnx.json", status: 0) == all)
    let table = try shelf.run("verify", segmentation)
    #expect(table.output.hasPrefix("WHAT") && table.output.contains("demo-ct"))
    Snapshot.expectFits(table.output)
    #expect(
      try shelf.run("cite", segmentation).output == shelf.run("cite", "demo-ct").output)

    // Weights of which one bit fell over.
    let weights = try #require(
      try FileManager.default.subpathsOfDirectory(atPath: shelf.home + "/nnx/models")
        .first { $0.hasSuffix(".safetensors") })
    let path = "\(shelf.home)/nnx/models/\(weights)"
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    bytes[bytes.count / 2] ^= 1
    try FileManager.default.removeItem(atPath: path)
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    #expect(try checks(segmentation, status: 1)["weights"] == "changed")

    try #require(try shelf.run("uninstall", "demo-ct").status == 0)
    #expect(
      try checks(segmentation, status: 0) == ["output": "ok", "input": "ok", "model": "missing"])
    try FileManager.default.removeItem(atPath: scan)
    #expect(try checks(segmentation, status: 0)["input"] == "missing")
    try write(scan) { $0 + 1 }
    #expect(try checks(segmentation, status: 1)["input"] == "changed")
    try write(scan) { $0 }
    try FileManager.default.removeItem(atPath: segmentation)
    #expect(try checks(segmentation, status: 1)["output"] == "missing")
    #expect(try shelf.run("verify", segmentation, "-q").output == shelf.home + "/seg.nnx.json\n")
    try Data("{}".utf8).write(to: URL(fileURLWithPath: shelf.home + "/seg.nnx.json"))
    #expect(try shelf.run("verify", segmentation).status == 65)
    #expect(try shelf.run("verify", segmentation, "demo-ct").status == 64)
  }
}
