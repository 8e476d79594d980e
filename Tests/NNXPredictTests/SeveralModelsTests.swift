import Foundation
import NNXImage
import NNXModel
import NNXSystem
import TestSupport
import Testing

@testable import NNXPredict

/// One archive with several trainers or plans for one configuration.
@Suite struct SeveralModelsTests {
  private let folder: ModelFolder
  private let converted: TemporaryFolder

  /// The models of two cases, as if one data set had been trained with two trainers, and a third copy with
  /// other plans.
  init() throws {
    let source = try TemporaryFolder()
    for (name, folder) in [
      ("ratio_three", "nnUNetTrainer__nnUNetPlans__3d_fullres"),
      ("ratio_above_three", "nnUNetTrainerDA5__nnUNetPlans__3d_fullres"),
      ("ratio_above_three", "nnUNetTrainerDA5__otherPlans__3d_fullres"),
    ] {
      let unpacked = try Fixtures.unzip("reference/v2/\(name)/model.zip")
      let model = try #require(try ResultsFolder(unpacked.path).models.first)
      let target = "\(source.path)/Dataset843_Case/\(folder)"
      try Folder.create(parentFolder(target))
      try FileManager.default.moveItem(
        atPath: "\(unpacked.path)/\(model.folder)", toPath: target)
    }
    converted = try TemporaryFolder()
    _ = try ModelConversion.convert(
      ResultsFolder(source.path).models, into: converted.path
    ) { _ in }
    folder = try ModelFolder(opening: converted.path)
  }

  @Test func allAreThereUnderTheirOwnNames() throws {
    #expect(
      folder.entries.map(\.description.fullName).sorted() == [
        "nnUNetTrainerDA5__nnUNetPlans__3d_fullres", "nnUNetTrainerDA5__otherPlans__3d_fullres",
        "nnUNetTrainer__nnUNetPlans__3d_fullres",
      ])
    #expect(Set(folder.entries.flatMap { $0.folds.map(\.weights) }).count == 3)
  }

  @Test func whatIsNotSaidIsAsked() throws {
    for configuration in [nil, "3d_fullres"] {
      let error = #expect(throws: NNXError.self) {
        try folder.entries(configurations: configuration.map { [$0] })
      }
      #expect(error?.code == .severalModels)
      #expect(error?.details.count == 3)
      #expect(
        error?.fixes.contains(
          "Choose one with: -c 3d_fullres --trainer nnUNetTrainerDA5 --plans otherPlans") == true)
    }
    let two = #expect(throws: NNXError.self) {
      try folder.entry(configuration: nil, trainer: "nnUNetTrainerDA5")
    }
    #expect(two?.code == .severalModels)
    #expect(two?.fixes.contains { $0.contains("--trainer") } == false)
    #expect(two?.details.count == 2)
    let none = #expect(throws: NNXError.self) {
      try folder.entry(configuration: nil, trainer: "mine")
    }
    #expect(none?.code == .unknownConfiguration)
    #expect(none?.message.contains("has no trainer 'mine'") == true)
  }

  @Test(arguments: [
    ("ratio_three", "nnUNetTrainer", nil), ("ratio_above_three", "nnUNetTrainerDA5", "otherPlans"),
  ])
  func theChosenOneIsRun(name: String, trainer: String, plans: String?) throws {
    let reference = try ReferenceCase("v2/\(name)")
    let target = try TemporaryFolder()
    let predictor = try Predictor(
      folder: folder, entry: folder.entry(configuration: nil, trainer: trainer, plans: plans),
      folds: nil, identity: .null, options: .init(), threads: .all)
    let path = target.path + "/s.nii.gz"
    _ = try predictor.predict(
      Case(name: name, images: reference.images), to: path, command: [], progress: { _ in })
    #expect(try readSegmentation(path).labels.labels == reference.labels("exact.nii.gz"))
  }

  @Test func theStageBeforeIsTheOneOfTheSameTrainerAndPlans() throws {
    func entry(_ trainer: String, _ plans: String, _ name: String, after: String? = nil)
      -> ModelFolder.Entry
    {
      var description = folder.entries[0].description
      (description.trainer, description.plans) = (trainer, plans)
      (description.configuration, description.previousStage) = (name, after)
      return ModelFolder.Entry(description: description, folds: folder.entries[0].folds)
    }
    let models = ModelFolder(
      path: "m",
      entries: [
        entry("A", "P", "3d_lowres"), entry("B", "P", "3d_lowres"), entry("A", "Q", "3d_lowres"),
      ])
    func previous(_ trainer: String, _ plans: String) throws -> String? {
      try models.previous(
        of: entry(trainer, plans, "3d_cascade_fullres", after: "3d_lowres").description
      )?.description.fullName
    }
    #expect(try previous("B", "P") == "B__P__3d_lowres")
    #expect(try previous("BCascadeFullRes", "Q") == "A__Q__3d_lowres")
    #expect(throws: NNXError.self) { try previous("BCascadeFullRes", "P") }
  }
}
