import Foundation
import NNXSystem
import TestSupport
import Testing

/// A folder with two trainers of one configuration, from the install to the result.
@Suite struct SeveralModelsCommandTests {
  @Test func theTrainerIsAskedForAndTaken() throws {
    let shelf = try Shelf()
    let files = FileManager.default
    let parent = "\(shelf.home)/Dataset843_Case"
    try files.createDirectory(atPath: parent, withIntermediateDirectories: true)
    for (name, trainer) in [
      ("ratio_three", "nnUNetTrainer"), ("ratio_above_three", "nnUNetTrainerDA5"),
    ] {
      let unpacked = try Fixtures.unzip("reference/v2/\(name)/model.zip")
      let dataset = try #require(try files.contentsOfDirectory(atPath: unpacked.path).first)
      try files.moveItem(
        atPath: "\(unpacked.path)/\(dataset)/nnUNetTrainer__nnUNetPlans__3d_fullres",
        toPath: "\(parent)/\(trainer)__nnUNetPlans__3d_fullres")
    }
    let installed = try shelf.run("install", parent, "--name", "two")
    #expect(installed.status == 0, "\(installed.errors)")
    let image = "\(Fixtures.folder)/reference/v2/ratio_above_three/image_0000.nii.gz"
    let output = "\(shelf.home)/out.nii.gz"
    let asked = try shelf.run("predict", "-m", "two", "-i", image, "-o", output)
    #expect(asked.status == 64)
    #expect(asked.errors.contains("error[several-models]"))
    #expect(asked.errors.contains("-c 3d_fullres --trainer nnUNetTrainerDA5"))
    let taken = try shelf.run(
      "predict", "-m", "two", "--trainer", "nnUNetTrainerDA5", "-i", image, "-o", output)
    #expect(taken.status == 0, "\(taken.errors)")
    let same = try shelf.run(
      "diff", output, "\(Fixtures.folder)/reference/v2/ratio_above_three/exact.nii.gz")
    #expect(same.status == 0, "\(same.output)")
    let info = try shelf.run("info", "two")
    #expect(info.output.contains("nnUNetTrainerDA5, nnUNetPlans"))
  }

  /// Each model keeps a result and a record of its own.
  @Test func eachModelGivesAResult() throws {
    let shelf = try Shelf([("one", "v2/ratio_three"), ("two", "v2/ratio_above_three")])
    let image = "\(Fixtures.folder)/reference/v2/ratio_above_three/image_0000.nii.gz"
    let output = "\(shelf.home)/out.nii.gz"
    let run = try shelf.run("predict", "-m", "one", "-m", "two", "-i", image, "-o", output)
    #expect(run.status == 0, "\(run.errors)")
    let same = try shelf.run(
      "diff", "\(shelf.home)/out.two.nii.gz",
      "\(Fixtures.folder)/reference/v2/ratio_above_three/exact.nii.gz")
    #expect(same.status == 0, "\(same.output)")
    let files = FileManager.default
    #expect(files.fileExists(atPath: "\(shelf.home)/out.one.nnx.json"))
    #expect(!files.fileExists(atPath: output))
    for (words, problem) in [
      (["-m", "one", "-m", "two"], "nothing says where"),
      (["-m", "one", "-m", "one", "-o", output], "named twice"),
      (["-m", "one", "-m", "two", "-o", output, "--json"], "one document"),
    ] {
      let refused = try shelf.run(["predict", "-i", image] + words)
      #expect(refused.status == 64)
      #expect((refused.errors + refused.output).contains(problem), "\(refused.errors)")
    }
  }

  /// A case that fails with one model keeps no other model from the rest; a model that is not there stops all before
  /// hours have gone by.
  @Test func aCaseThatFailsStopsNoModel() throws {
    let shelf = try Shelf([("one", "v2/ratio_three"), ("two", "v2/ratio_above_three")])
    let folder = try TemporaryFolder()
    let image = "\(Fixtures.folder)/reference/v2/ratio_above_three/image_0000.nii.gz"
    try folder.write("in/good.nii.gz", folder.read(image))
    try folder.write("in/bad.nii.gz", Array("no image at all".utf8))
    func predict(_ models: String...) throws -> Binary.Outcome {
      try shelf.run(
        ["predict", "-i", "\(folder.path)/in", "-o", "\(folder.path)/out", "--no-tta"]
          + models.flatMap { ["-m", $0] })
    }
    let refused = try predict("one", "nosuch")
    #expect(refused.status == 66, "\(refused.errors)")
    #expect(try folder.contents() == ["in", "in/bad.nii.gz", "in/good.nii.gz"])
    let outcome = try predict("one", "two")
    #expect(outcome.status == 1, "\(outcome.errors)")
    for model in ["one", "two"] {
      #expect(Folder.isFile("\(folder.path)/out/\(model)/good.nii.gz"), "\(outcome.errors)")
    }
  }
}
