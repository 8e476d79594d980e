import Foundation
import NNXSystem
import TestSupport
import Testing

/// What `nnx path --results` leads nnU-Net to.
@Suite struct ResultsViewTests {
  private func install(_ nnx: Binary, _ arguments: String...) throws {
    let outcome = try nnx.run(["install"] + arguments + ["-q"])
    try #require(outcome.status == 0, "\(outcome.errors)")
  }

  private func results(
    _ nnx: Binary, _ arguments: String..., environment: [String: String] = [:]
  ) throws -> (path: String, names: [String]) {
    let outcome = try nnx.run(["path"] + arguments, environment: environment)
    try #require(outcome.status == 0, "\(outcome.errors)")
    let path = String(outcome.output.dropLast())
    return (path, try FileManager.default.contentsOfDirectory(atPath: path).sorted())
  }

  @Test func everyModelIsThere() throws {
    let nnx = Binary()
    let reference = Fixtures.folder + "/reference"
    try install(nnx, "demo-ct")
    try install(nnx, reference + "/v2/plain_ct_folds/model.zip", "--name", "folds")
    try install(nnx, reference + "/v1/ct_fullres/model.zip", "--name", "old")
    let (path, names) = try results(nnx, "--results")
    #expect(names == ["Dataset801_DemoCT", "Dataset902_Folds"])
    let checkpoint =
      "\(path)/Dataset902_Folds/nnUNetTrainer__nnUNetPlans__3d_fullres/fold_2/checkpoint_final.pth"
    #expect(FileManager.default.isReadableFile(atPath: checkpoint))
    let (root, _) = try results(nnx, "--results-v1")
    let old = "\(root)/nnUNet/3d_fullres/Task951_KidneyTumor/nnUNetTrainerV2__nnUNetPlansv2.1"
    #expect(
      FileManager.default.isReadableFile(atPath: old + "/fold_1/model_final_checkpoint.model"))

    // A second version becomes what the tree shows; the first keeps a tree of its own.
    let before = try results(nnx, "folds", "--results")
    try install(nnx, reference + "/v2/plain_ct/model.zip", "--name", "folds")
    #expect(try results(nnx, "--results").names == ["Dataset801_DemoCT", "Dataset901_PlainCT"])
    #expect(before.names == ["Dataset902_Folds"])
    #expect(try FileManager.default.contentsOfDirectory(atPath: before.path) == before.names)
  }

  @Test func sharedStoresAreSeenFromAnEmptyHome() throws {
    let shared = Binary()
    try install(shared, "demo-ct")
    let environment = ["NNX_STORES": try shared.home.get().path]
    let user = Binary()
    #expect(
      try results(user, "--results", environment: environment).names == ["Dataset801_DemoCT"])
    try install(shared, Fixtures.folder + "/reference/v2/slices_2d/model.zip", "--name", "slices")
    #expect(try results(user, "--results", environment: environment).names.count == 2)
  }
}
