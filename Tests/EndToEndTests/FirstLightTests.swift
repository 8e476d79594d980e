import Foundation
import NNXSystem
import TestSupport
import Testing

/// Install, list, predict, uninstall, as a person does it.
@Suite struct FirstLightTests {
  private let phantom = Fixtures.repository + "/Models/phantom_0000.nii.gz"

  @Test func theDemoGoesFromNameToSegmentation() throws {
    let nnx = Binary()
    let installed = try nnx.run("install", "demo-ct")
    #expect(installed.status == 0, "\(installed.errors)")
    #expect(installed.output.contains("Installed demo-ct"))

    let listed = try nnx.run("list", "--json")
    let list = try OrderedJSON(parsing: Array(listed.output.utf8), source: "list")
    #expect(list["ok"]?.bool == true)
    #expect(list["data"]?["models"]?.array?.first?["name"]?.string == "demo-ct")
    #expect(try nnx.run("list", "-q").output == "demo-ct\n")

    let folder = try TemporaryFolder()
    let target = folder.path + "/seg.nii.gz"
    let predicted = try nnx.run("predict", "-m", "demo-ct", "-i", phantom, "-o", target, "--no-tta")
    #expect(predicted.status == 0, "\(predicted.errors)")
    #expect(predicted.output.hasSuffix("\(target)\n"))
    for label in ["lung", "liver", "kidney", "lesion"] { #expect(predicted.output.contains(label)) }
    #expect(try folder.contents() == ["seg.nii.gz", "seg.nnx.json"])

    let record = try OrderedJSON(contentsOf: folder.path + "/seg.nnx.json")
    #expect(record["schema"]?.string == "nnx.run/1")
    #expect(record["notForClinicalUse"]?.bool == true)
    #expect(record["model"]?["name"]?.string == "demo-ct")
    #expect(record["output"]?["sha256"]?.string == (try Digest.ofFile(target, .sha256)))
    #expect(
      record["input"]?.array?.first?["sha256"]?.string == (try Digest.ofFile(phantom, .sha256)))

    let again = try nnx.run("predict", "-m", "demo-ct", "-i", phantom, "-o", target, "--no-tta")
    #expect(again.status == 0 && again.output == "\(target)\n", "\(again.errors)")
    let other = try nnx.run("predict", "-m", "demo-ct", "-i", phantom, "-o", target)
    #expect(other.status == 73)
    #expect(other.errors.contains("--overwrite"))

    #expect(try nnx.run("uninstall", "demo-ct").status == 0)
    #expect(try nnx.run("list", "-q").output == "")
  }

  @Test func aFolderOfCasesGoesOnAfterABrokenOne() throws {
    let nnx = Binary()
    try #require(try nnx.run("install", "demo-ct", "-q").status == 0)
    let input = try TemporaryFolder()
    let output = try TemporaryFolder()
    let image = [UInt8](try Data(contentsOf: URL(fileURLWithPath: phantom)))
    try input.write("a_0000.nii.gz", image)
    try input.write("b_0000.nii.gz", Array(image.prefix(image.count / 2)))
    let outcome = try nnx.run(
      "predict", "-m", "demo-ct", "-i", input.path, "-o", output.path, "--no-tta", "--json")
    #expect(outcome.status == 1)
    let counts = try OrderedJSON(parsing: Array(outcome.output.utf8), source: "predict")["data"]?[
      "counts"]
    #expect(counts?["done"]?.int == 1)
    #expect(counts?["failed"]?.int == 1)
    #expect(
      try output.contents().filter { !$0.hasPrefix(".nnx") } == ["a.nii.gz", "a.nnx.json"])
  }

  @Test func progressIsSilentInLogsAndJSONOnRequest() throws {
    let nnx = Binary()
    let quiet = try nnx.run("install", "demo-ct")
    #expect(!quiet.errors.contains("\r") && !quiet.errors.contains("%"))
    let folder = try TemporaryFolder()
    let outcome = try nnx.run(
      "predict", "-m", "demo-ct", "-i", phantom, "-o", folder.path + "/s.nii.gz", "--no-tta",
      "--progress", "json")
    let lines = outcome.errors.split(separator: "\n").filter { $0.hasPrefix("{") }
    let events = try lines.map { try OrderedJSON(parsing: Array($0.utf8), source: "line") }
    let last = try #require(events.last { $0["stage"]?.string == "predict" })
    #expect(last["unit"]?.string == "patches")
    #expect(last["done"]?.int == last["total"]?.int)
  }

  @Test func helpAndVersionAreAnswers() throws {
    let nnx = Binary()
    #expect(try nnx.run("--help").status == 0)
    #expect(try nnx.run("--version").output.hasPrefix("nnx \(Version.current)"))
    for verb in ["install", "list", "info", "uninstall", "path", "predict"] {
      let help = try nnx.run(verb, "--help")
      #expect(help.status == 0)
      #expect(help.output.split(separator: "\n").allSatisfy { $0.count <= 80 }, "\(verb)")
    }
  }
}
