import Foundation
import NNXSystem
import TestSupport
import Testing

@testable import NNXModel

@Suite struct ResultsFolderTests {
  // MARK: Small published models

  private static func checkpoint(configuration: String = "3d_fullres") -> [UInt8] {
    let pickle = PickleTree.dictionary([
      (.text("network_weights"), .dictionary([(.text("w"), .tensor("0", [2]))])),
      (.text("init_args"), .dictionary([(.text("configuration"), .text(configuration))])),
      (.text("trainer_name"), .text("nnUNetTrainerNoted")),
    ])
    return CheckpointBuilder.zip(
      CheckpointBuilder.members(pickle.pickled, [("0", CheckpointBuilder.floats([1, 2]))]))
  }

  private static let plans = Array(
    #"{"dataset_name": "Dataset042_Noted", "plans_name": "notedPlans", "configurations": {}}"#.utf8)

  private static func v2(
    _ tree: TemporaryFolder, _ folder: String,
    _ checkpoints: [String] = ["fold_0/checkpoint_final.pth"]
  ) throws {
    try tree.write("\(folder)/plans.json", plans)
    try tree.write("\(folder)/dataset.json", Array("{}".utf8))
    for name in checkpoints { try tree.write("\(folder)/\(name)", checkpoint()) }
  }

  private static func v1(
    _ tree: TemporaryFolder, _ folder: String, trained: String, folds: [String] = ["fold_0"]
  ) throws {
    let state = PickleTree.dictionary([
      (.text("state_dict"), .dictionary([(.text("w"), .tensor("0", [2]))]))
    ])
    let stage = PickleTree.dictionary([
      (.text("patch_size"), .list([.int(8), .int(8), .int(8)]))
    ])
    let notes = PickleTree.dictionary([
      (
        .text("init"),
        .tuple([.text("p"), .int(0), .text(trained), .text("d"), .bool(true), .int(1)])
      ),
      (.text("name"), .text("nnUNetTrainerV2Noted")),
      (
        .text("plans"),
        .dictionary([(.text("plans_per_stage"), .dictionary([(.int(0), stage), (.int(1), stage)]))])
      ),
    ])
    for fold in folds {
      let path = "\(folder)/\(fold)/model_final_checkpoint.model"
      try tree.write(
        path,
        CheckpointBuilder.zip(
          CheckpointBuilder.members(state.pickled, [("0", CheckpointBuilder.floats([1, 2]))])))
      try tree.write(path + ".pkl", notes.pickled)
    }
    try tree.write("\(folder)/plans.pkl", notes.pickled)
  }

  private func only(_ tree: TemporaryFolder) throws -> PublishedModel {
    let models = try ResultsFolder(tree.path).models
    return try #require(models.count == 1 ? models.first : nil)
  }

  // MARK: v2

  @Test(arguments: ["", "nnUNet_results/", "a/b/results/"])
  func findsTheUsualTree(wrapping: String) throws {
    let tree = try TemporaryFolder()
    let name = "Dataset006_Liver/nnUNetTrainer__nnUNetPlans__3d_fullres"
    try ResultsFolderTests.v2(
      tree, "\(wrapping)\(name)",
      ["fold_1/checkpoint_final.pth", "fold_0/checkpoint_final.pth", "fold_0/checkpoint_best.pth"])
    try tree.write("__MACOSX/\(name)/fold_0/._checkpoint_final.pth", [0])
    try tree.write("\(wrapping)\(name)/._plans.json", [0])
    try tree.write("\(wrapping)\(name)/.DS_Store", [0])
    let model = try only(tree)
    #expect(model.generation == .v2)
    #expect(model.dataset == "Dataset006_Liver")
    #expect(model.trainer == "nnUNetTrainer")
    #expect(model.plans == "nnUNetPlans")
    #expect(model.configuration == "3d_fullres")
    #expect(model.canonicalPath == "nnUNet_results/\(name)")
    #expect(model.folder == "\(wrapping)\(name)")
    #expect(model.folds.map(\.name) == ["0", "1"])
    #expect(model.folds.map(\.checkpointName) == ["checkpoint_final.pth", "checkpoint_final.pth"])
    #expect(
      model.files == [
        "dataset.json", "fold_0/checkpoint_best.pth", "fold_0/checkpoint_final.pth",
        "fold_1/checkpoint_final.pth", "plans.json",
      ])
  }

  @Test func findsAModelFolderByItself() throws {
    let tree = try TemporaryFolder()
    try ResultsFolderTests.v2(tree, "T__P__2d", ["fold_all/checkpoint_best.pth"])
    let model = try only(tree)
    #expect(model.canonicalPath == "nnUNet_results/Dataset042_Noted/T__P__2d")
    #expect(
      model.folds == [.init(name: "all", checkpoint: "T__P__2d/fold_all/checkpoint_best.pth")])
  }

  @Test func findsAModelWithoutAnyFolder() throws {
    let tree = try TemporaryFolder()
    try ResultsFolderTests.v2(tree, ".")
    let model = try only(tree)
    #expect(model.folder == "")
    #expect(
      model.canonicalPath
        == "nnUNet_results/Dataset042_Noted/nnUNetTrainerNoted__notedPlans__3d_fullres")
    #expect(model.folds == [.init(name: "0", checkpoint: "fold_0/checkpoint_final.pth")])
  }

  @Test func findsSeveralConfigurations() throws {
    let tree = try TemporaryFolder()
    try ResultsFolderTests.v2(tree, "Dataset001_A/T__P__3d_lowres")
    try ResultsFolderTests.v2(tree, "Dataset001_A/T__P__3d_cascade_fullres")
    try tree.write("Dataset001_A/T__P__3d_lowres/crossval_results_folds_0/plans.json", [0])
    try tree.write("Dataset001_A/ensembles/x/plans.json", [0])
    let models = try ResultsFolder(tree.path).models
    #expect(models.map(\.configuration) == ["3d_cascade_fullres", "3d_lowres"])
  }

  @Test func foldsSortByNumber() throws {
    let tree = try TemporaryFolder()
    try ResultsFolderTests.v2(
      tree, "T__P__2d", [10, 2, 0].map { "fold_\($0)/checkpoint_final.pth" })
    #expect(try only(tree).folds.map(\.name) == ["0", "2", "10"])
  }

  // MARK: v1

  @Test func findsTheUsualTreeOfV1() throws {
    let tree = try TemporaryFolder()
    let name = "3d_fullres/Task773_Liver/nnUNetTrainerV2__nnUNetPlansv2.1"
    try ResultsFolderTests.v1(tree, name, trained: "/x", folds: ["fold_0", "fold_4"])
    let model = try only(tree)
    #expect(model.generation == .v1)
    #expect(model.canonicalPath == "nnUNet/\(name)")
    #expect(model.folds.map(\.name) == ["0", "4"])
    #expect(model.files.contains("fold_0/model_final_checkpoint.model.pkl"))
  }

  @Test func whereItWasTrainedFillsGaps() throws {
    let tree = try TemporaryFolder()
    let trained = "/data/nnUNet/3d_lowres/Task017_Spleen/nnUNetTrainerV2__nnUNetPlansv2.1"
    try ResultsFolderTests.v1(tree, "Task773_Liver/T__P", trained: trained, folds: ["all"])
    let model = try only(tree)
    #expect(model.canonicalPath == "nnUNet/3d_lowres/Task773_Liver/T__P")
    #expect(model.folds.map(\.name) == ["all"])
  }

  @Test func notesFillTheRest() throws {
    let tree = try TemporaryFolder()
    try ResultsFolderTests.v1(tree, "my model", trained: "C:\\models")
    #expect(
      try only(tree).canonicalPath
        == "nnUNet/3d_fullres/Task000_Unnamed/nnUNetTrainerV2Noted__nnUNetPlansv2.1")
  }

  // MARK: Nothing, or too much

  @Test func saysThatThereIsNothing() throws {
    let tree = try TemporaryFolder()
    try tree.write("readme.txt", [])
    try tree.write("fold_0/notes.txt", [])
    let error = try #require(throws: NNXError.self) { try ResultsFolder(tree.path) }
    #expect(error.code == .noModel)
  }

  @Test func doesNotFollowLinks() throws {
    let tree = try TemporaryFolder()
    let elsewhere = try TemporaryFolder()
    try ResultsFolderTests.v2(elsewhere, "T__P__2d")
    try FileManager.default.createSymbolicLink(
      atPath: "\(tree.path)/link", withDestinationPath: elsewhere.path)
    #expect(throws: NNXError.self) { try ResultsFolder(tree.path) }
  }

  @Test func namesFromFilesAreNoPaths() throws {
    let tree = try TemporaryFolder()
    try ResultsFolderTests.v2(tree, "model")
    try tree.write(
      "model/plans.json", Array(#"{"dataset_name": "../../etc", "plans_name": "p"}"#.utf8))
    let error = try #require(throws: NNXError.self) { try ResultsFolder(tree.path) }
    #expect(error.code == .invalidModel)
  }

  @Test func refusesFoldersThatLieTooDeep() throws {
    let tree = try TemporaryFolder()
    try tree.write(String(repeating: "a/", count: 14) + "plans.json", [])
    #expect(throws: NNXError.self) { try ResultsFolder(tree.path) }
  }
}
