import Foundation
import NNXSystem
import TestSupport
import Testing

/// No number under a wrong name, from the model to the table.
@Suite struct NamedNumbersTests {
  private let reference = Fixtures.folder + "/reference/v2/regions_mask_crop"

  private func data(_ outcome: Binary.Outcome) throws -> OrderedJSON {
    try #require(outcome.status == 0, "\(outcome.errors)")
    let json = try OrderedJSON(parsing: Array(outcome.output.utf8), source: "nnx")
    return try #require(json["data"])
  }

  /// 84,975 voxels of 1 ml / 1000 are 3, 31,415 are 2, 13,367 are 1 (`exact.nii.gz`, NumPy).
  @Test func regionsHaveTheirVolumesEverywhere() throws {
    let shelf = try Shelf([(name: "brain", archive: "v2/regions_mask_crop")])
    let images = (0..<4).flatMap { ["-i", "\(reference)/image_000\($0).nii.gz"] }
    let output = "\(shelf.home)/seg.nii.gz"
    let made = try shelf.run(["predict", "-m", "brain"] + images + ["-o", output, "--stats"])
    try #require(made.status == 0, "\(made.errors)")
    #expect(made.output.contains("whole               1+2+3  129.8 ml  129757"))
    #expect(made.output.contains("core                  2+3  116.4 ml  116390"))
    #expect(made.output.contains("enh                     3   85.0 ml   84975"))
    #expect(made.output.contains("whole without core      1   13.4 ml   13367"))
    let volumes = ["whole": 129.757, "core": 116.39, "enh": 84.975, "whole without core": 13.367]
    let written = try OrderedJSON(contentsOf: "\(shelf.home)/seg.stats.json")
    // Without its record beside it the file itself tells its regions.
    let copy = "\(shelf.home)/elsewhere.nii.gz"
    try FileManager.default.copyItem(atPath: output, toPath: copy)
    for labels in try [
      written["labels"], data(shelf.run("stats", output, "--json"))["labels"],
      data(shelf.run("stats", copy, "--json"))["labels"],
    ] {
      for (name, volume) in volumes {
        let label = labels?.array?.first { $0["name"]?.string == name }
        #expect(abs((label?["ml"]?.double ?? 0) - volume) < 1e-6, "\(name)")
      }
    }
    let table = try shelf.run("stats", output, "--format", "csv").output
    #expect(table.contains(",1+2+3,whole,129757,"))

    for subject in [output, copy, "brain"] {
      let listed = try shelf.run("labels", subject)
      try #require(listed.status == 0, "\(listed.errors)")
      for name in ["whole", "core", "enh"] { #expect(listed.output.contains(name), "\(subject)") }
      #expect(listed.output.contains("1+2+3"), "\(subject)")
    }

    // nnU-Net's summary has the regions, and no parts.
    for (folder, file) in [("p", output), ("r", reference + "/exact.nii.gz")] {
      try FileManager.default.createDirectory(
        atPath: "\(shelf.home)/\(folder)", withIntermediateDirectories: true)
      try FileManager.default.copyItem(atPath: file, toPath: "\(shelf.home)/\(folder)/a.nii.gz")
    }
    try FileManager.default.copyItem(atPath: output, toPath: "\(shelf.home)/p/b.nii.gz")
    let evaluated = try shelf.run("evaluate", "\(shelf.home)/p", "\(shelf.home)/r", "--json")
    let mean = try data(evaluated)["mean"]
    #expect(mean?.members?.map(\.key) == ["(1, 2, 3)", "(2, 3)", "3"])
    #expect(mean?["(1, 2, 3)"]?["Dice"]?.double == 1)
    #expect(mean?["(1, 2, 3)"]?["n_ref"]?.double == 129757)
    let said = try shelf.run("evaluate", "\(shelf.home)/p", "\(shelf.home)/r")
    #expect(said.errors.contains("1 prediction without a reference: b"))
    #expect(said.errors.contains("the reference carries no names: labels are paired by number"))
    let info = try shelf.run("info", "brain").output
    #expect(info.contains("1+2+3 whole") && info.contains("1 whole without core"))
  }

  @Test func gapsAndOtherLabelsAreSaid() throws {
    let shelf = try Shelf([
      (name: "gaps", archive: "v2/forty_classes_with_gaps"),
      (name: "liver", archive: "v2/plain_ct"),
      (name: "lung", archive: "v2/small_image"),
    ])
    let info = try shelf.run("info", "gaps")
    #expect(info.output.contains("dataset.json has gaps"))
    let labels = try data(shelf.run("labels", "gaps", "--json"))["labels"]?.array ?? []
    #expect(labels.map { $0["value"]?.int } == (1...labels.count).map { $0 })
    let image = Fixtures.folder + "/reference/v2/plain_ct/image_0000.nii.gz"
    let mixed = try shelf.run(
      "predict", "-m", "liver,lung", "-i", image, "-o", "\(shelf.home)/no.nii.gz")
    #expect(mixed.status == 65 && mixed.errors.contains("error[different-labels]"))
    #expect(mixed.errors.contains("1 liver") && mixed.errors.contains("1 lung"))
    #expect(!FileManager.default.fileExists(atPath: "\(shelf.home)/no.nii.gz"))
  }

  @Test func labelsArePairedAsAPersonSays() throws {
    let nnx = Binary()
    let file = reference + "/exact.nii.gz"
    func dice(_ arguments: String...) throws -> [Double?] {
      try (data(nnx.run(["diff", file, file, "--json"] + arguments))["labels"]?.array ?? [])
        .map { $0["dice"]?.double }
    }
    #expect(try dice() == [1, 1, 1])
    #expect(try dice("--map", "1=2", "--map", "2=1") == [0, 0, 1])
    #expect(try nnx.run("diff", file, file, "--map", "1").status == 64)
    #expect(try nnx.run("diff", file, file, "--map", "9=1").status == 64)
    let table = try nnx.run("diff", file, file)
    #expect(table.output.contains("mean of 3") && table.errors.contains("paired by number"))
    #expect(table.output.split(separator: "\n").allSatisfy { $0.count <= 80 })
  }

  @Test func previewTakesWordsAndNamesItsPicture() throws {
    let nnx = Binary()
    let folder = try TemporaryFolder()
    let place = Fixtures.folder + "/reference/v2/plain_ct"
    for name in ["image_0000.nii.gz", "segmentation.nii.gz"] {
      try FileManager.default.copyItem(
        atPath: "\(place)/\(name)", toPath: "\(folder.path)/\(name)")
    }
    let (image, seg) = (folder.path + "/image_0000.nii.gz", folder.path + "/segmentation.nii.gz")
    let drawn = try nnx.run(
      "preview", image, seg, "--window", "lung", "--label", "label 1", "--size", "64")
    #expect(drawn.output == folder.path + "/segmentation.preview.png\n", "\(drawn.errors)")
    #expect(try nnx.run("preview", image, seg, "--size", "64").status == 73)
    #expect(try nnx.run("preview", image, "--size", "64").status == 0)
    #expect(
      try nnx.run("preview", image, seg, "--label", "spleen", "-o", folder.path + "/b.png").status
        == 1)
    let wrong = try nnx.run("preview", image, seg, "-o", folder.path + "/b.jpg")
    #expect(wrong.status == 64 && wrong.errors.contains("PNG"))
    #expect(try nnx.run("stats", seg, "--min-mm3", "nan").status == 64)
  }
}
