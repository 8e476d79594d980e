import Foundation
import NNXModel
import NNXSystem
import TestSupport
import Testing

@testable import NNXPredict

/// `--checkpoint`: every checkpoint that was published is installed, and the final one is the default.
@Suite struct CheckpointChoiceTests {
  @Test func theBestCheckpointIsThereOnRequest() throws {
    let unpacked = try Fixtures.unzip("reference/v2/folds_one_and_three/model.zip")
    let results = try ResultsFolder(unpacked.path).models
    let plainFolder = try TemporaryFolder()
    let plain = try ModelConversion.convert(results, into: plainFolder.path, progress: { _ in })
    let model = "\(unpacked.path)/\(results[0].folder)"
    // The weights of fold 1 play the best ones of fold 0.
    try FileManager.default.moveItem(
      atPath: "\(model)/fold_1/checkpoint_final.pth", toPath: "\(model)/fold_0/checkpoint_best.pth")
    let target = try TemporaryFolder()
    let folder = try ModelConversion.convert(
      ResultsFolder(unpacked.path).models, into: target.path, progress: { _ in })
    let entry = try ModelFolder(opening: folder.path).entry(configuration: nil)
    #expect(entry.folds.map(\.name) == ["0", "3"])
    #expect(try entry.folds(from: nil) == entry.folds)
    #expect(try entry.folds(from: "final") == entry.folds)
    let best = try entry.folds(from: "best")
    #expect(best.map(\.name) == ["0"])
    #expect(best.map(\.kind) == ["best"])
    func head(_ weights: WeightsFile) throws -> [Float] {
      try weights.withTensor("head.weight") { values in values.indices.map { values[$0] } }
    }
    let original = try head(plain.weights(plain.entries[0].folds[1]))
    #expect(try head(folder.weights(best[0])) == original)
    let error = #expect(throws: NNXError.self) { try entry.folds(from: "latest") }
    #expect(error?.code == .unknownCheckpoint)
    #expect(throws: NNXError.self) {
      try Predictor(
        folder: folder, entry: entry, folds: ["3"], identity: .null,
        options: .init(checkpoint: "best"), threads: .all)
    }
  }
}
