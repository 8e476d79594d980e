import NNXImage
import NNXModel
import NNXSystem
import TestSupport
import Testing

@testable import NNXPredict

/// What can go wrong with the first stage of a cascade, said before or instead of a wrong result.
@Suite struct CascadeTests {
  private func predictor(
    _ reference: ReferenceCase, _ folder: ModelFolder, previous: String?
  ) throws -> Predictor {
    try Predictor(
      folder: folder, entry: reference.entry, folds: nil, identity: .null,
      options: .init(window: reference.window, previousStage: previous), threads: .all)
  }

  @Test func aMissingFirstStageIsNamed() throws {
    let reference = try ReferenceCase("v1/cascade")
    var alone = reference.folder
    alone.entries = [reference.entry]
    let error = #expect(throws: NNXError.self) {
      try predictor(reference, alone, previous: nil)
    }
    #expect(error?.code == .previousStage)
    #expect(error?.fixes.contains { $0.contains("--previous-stage") } == true)
  }

  @Test func aFolderOfSegmentationsIsSearchedByCase() throws {
    let reference = try ReferenceCase("v1/cascade")
    let (given, output) = (try TemporaryFolder(), try TemporaryFolder())
    let bytes = try MappedFile(reference.path + "/previous_stage.nii.gz").withBytes {
      $0.copy(0..<$0.byteCount)
    }
    try given.write("case.nii.gz", bytes)
    let predictor = try predictor(reference, reference.folder, previous: given.path)
    let target = output.path + "/case.nii.gz"
    _ = try predictor.predict(
      Case(name: "case", images: reference.images), to: target, command: [], progress: { _ in })
    let expected = try reference.labels("segmentation.nii.gz")
    let own = try readSegmentation(target).labels
    try NearTies.expectEqual(own.labels, expected, case: "v1/cascade", shape: own.shape)
    let error = #expect(throws: NNXError.self) {
      try predictor.predict(
        Case(name: "other", images: reference.images), to: output.path + "/other.nii.gz",
        command: [], progress: { _ in })
    }
    #expect(error?.code == .fileNotFound)
  }

  @Test func aSegmentationOfAnotherImageIsRefused() throws {
    let reference = try ReferenceCase("v1/cascade")
    let output = try TemporaryFolder()
    let predictor = try predictor(
      reference, reference.folder,
      previous: Fixtures.folder + "/reference/v2/plain_ct/segmentation.nii.gz")
    let error = #expect(throws: NNXError.self) {
      try predictor.predict(
        Case(name: "case", images: reference.images), to: output.path + "/s.nii.gz", command: [],
        progress: { _ in })
    }
    #expect(error?.code == .geometry)
    #expect(try output.contents() == [])
  }

  /// The segmentation of one patient is not that of all.
  @Test func oneFirstStageIsForOneCase() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("a.nii.gz", [])
    let cases = ["a", "b"].map { Case(name: $0, images: ["\($0).nii.gz"]) }
    let error = #expect(throws: NNXError.self) {
      try Predictor.checkPreviousStage(file, cases)
    }
    #expect(error?.code == .usage)
    try Predictor.checkPreviousStage(file, [cases[0]])
    try Predictor.checkPreviousStage(folder.path, cases)
    try Predictor.checkPreviousStage(nil, cases)
  }
}
