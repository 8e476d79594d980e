import Foundation
import NNXSystem
import TestSupport
import Testing

/// `stats`, `diff`, `evaluate`, `labels` and `preview` as a person calls them.
@Suite struct ReportCommandsTests {
  private let nnx = Binary()
  private let image = Fixtures.folder + "/reference/v2/plain_ct/image_0000.nii.gz"
  private let segmentation = Fixtures.folder + "/reference/v2/plain_ct/segmentation.nii.gz"
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func data(_ arguments: String...) throws -> OrderedJSON {
    let outcome = try nnx.run(arguments + ["--json"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let json = try OrderedJSON(parsing: Array(outcome.output.utf8), source: "nnx")
    #expect(json["ok"]?.bool == true)
    return try #require(json["data"])
  }

  @Test func statsInAllFormats() throws {
    let table = try nnx.run("stats", segmentation, image)
    #expect(table.status == 0, "\(table.errors)")
    #expect(table.output.hasPrefix("LABEL"))
    let data = try data("stats", segmentation, image)
    let labels = try #require(data["labels"]?.array)
    #expect(table.output.split(separator: "\n").count == labels.count + 1)
    for label in labels {
      for key in ["value", "name", "voxels", "ml", "mean", "sd", "p05", "median", "p95"] {
        #expect(label[key] != nil, "\(key)")
      }
    }
    let csv = try nnx.run("stats", segmentation, "--format", "csv", "-o", folder.path + "/a.csv")
    #expect(csv.status == 0 && csv.output == folder.path + "/a.csv\n")
    let lines = String(decoding: try folder.read(folder.path + "/a.csv"), as: UTF8.self)
      .split(separator: "\n")
    #expect(lines.count == labels.count + 1)
    #expect(lines[0].hasPrefix("segmentation,value,name,voxels,ml"))
  }

  @Test func diffOfAFileWithItselfIsPerfect() throws {
    let data = try data("diff", segmentation, segmentation)
    for label in try #require(data["labels"]?.array) {
      #expect(label["dice"]?.double == 1 && label["hd95"]?.double == 0)
      #expect(label["surfaceDice"]?.double == 1 && label["volumeDifference"]?.double == 0)
    }
    #expect(try nnx.run("diff", segmentation, segmentation).output.contains("1.000"))
  }

  @Test func evaluateWritesNNUNetsSummary() throws {
    let bytes = try folder.read(segmentation)
    for name in ["p/a.nii.gz", "p/b.nii.gz", "r/a.nii.gz", "r/b.nii.gz"] {
      try folder.write(name, bytes)
    }
    let target = folder.path + "/summary.json"
    let outcome = try nnx.run(
      "evaluate", folder.path + "/p", folder.path + "/r", "-o", target)
    #expect(outcome.status == 0, "\(outcome.errors)")
    let summary = try OrderedJSON(contentsOf: target)
    #expect(summary["foreground_mean"]?["Dice"]?.double == 1)
    #expect(summary["metric_per_case"]?.array?.count == 2)
    try folder.write("r/c.nii.gz", bytes)
    let incomplete = try nnx.run("evaluate", folder.path + "/p", folder.path + "/r")
    #expect(incomplete.status == 1 && incomplete.errors.contains("c"))
    // Which of two is meant is not guessed.
    for name in ["p/c.nii.gz", "p/c.nii", "p/a.uncertainty.nii.gz"] {
      try folder.write(name, bytes)
    }
    let twice = try nnx.run("evaluate", folder.path + "/p", folder.path + "/r")
    #expect(twice.status == 64 && twice.errors.contains("are called c"), "\(twice.errors)")
  }

  @Test func labelsOfAModelAndOfAFile() throws {
    let data = try data("labels", "kidney-ct")
    #expect(data["labels"]?.array?.count == 3)
    #expect(try nnx.run("labels", "kidney-ct", "--format", "ctbl").output.contains("2 Tumor 144"))
    #expect(try nnx.run("labels", "nothing-such").status == 66)
    #expect(try nnx.run("labels", segmentation).output.contains("label 1"))
  }

  @Test(arguments: ["planes", "mosaic"])
  func previewIsAPicture(_ layout: String) throws {
    let target = folder.path + "/a.png"
    let data = try data(
      "preview", image, segmentation, "-o", target, "--layout", layout, "--size", "64")
    let bytes = try folder.read(target)
    #expect(bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]))
    let width = bytes[16..<20].reduce(0) { $0 << 8 | Int($1) }
    #expect(width == data["width"]?.int)
  }

  @Test func viewDrawsHalfBlocks() throws {
    let outcome = try nnx.run("view", image, segmentation, "--plane", "sagittal")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("\u{2580}") && outcome.output.contains("sagittal "))
    let kitty = try nnx.run("view", image, "--protocol", "kitty", "--slice", "1")
    #expect(kitty.output.hasPrefix("\u{1B}_Ga=T,f=100,"))
    #expect(try nnx.run("view", image, "--slice", "0").status == 64)
  }

  @Test func wrongInputsAreExplained() throws {
    let noMap = try nnx.run("stats", image)
    #expect(noMap.status == 65 && noMap.errors.contains("label map"))
    #expect(try nnx.run("stats", folder.path + "/none.nii.gz").status == 66)
    #expect(try nnx.run("preview", image, segmentation, "-o", "a.jpg").status == 64)
    #expect(
      try nnx.run("preview", image, segmentation, "-o", "a.png", "--window", "0:0").status == 64)
    #expect(try nnx.run("evaluate", folder.path, folder.path).status == 66)
    #expect(try nnx.run("diff", segmentation, segmentation, "--tolerance", "-1").status == 64)
  }
}
