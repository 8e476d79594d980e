import NNXImage
import NNXModel
import NNXSystem
import TestSupport
import Testing

@testable import NNXPredict

/// What is going to run for a case, and what it is said to hold.
@Suite struct EstimateTests {
  @Test func aCascadeRunsTwice() throws {
    let reference = try ReferenceCase("v1/cascade")
    func stages(previous: String?) throws -> [Stage] {
      try Predictor(
        folder: reference.folder, entry: reference.entry, folds: nil, identity: .null,
        options: .init(window: reference.window, previousStage: previous), threads: .all
      ).stages
    }
    let both = try stages(previous: nil)
    let name = try #require(reference.entry.description.previousStage)
    #expect(both.map(\.model.configuration) == [name, reference.entry.description.configuration])
    #expect(both.map(\.isFirst) == [true, false])
    #expect(both.map(\.part.keepsImages) == [true, false])
    #expect(both.allSatisfy { $0.part.mean == .none })
    let second = try stages(previous: reference.path + "/previous_stage.nii.gz")
    #expect(second.map(\.model) == [both[1].model])
    #expect(second.map(\.folds) == [both[1].folds])
    #expect(second.map(\.part) == [both[1].part])
  }

  @Test func aMeanOfModelsIsCounted() throws {
    let reference = try ReferenceCase("v2/ensemble")
    let choices = try reference.folder.entries(configurations: nil).map {
      Predictor.Choice(folder: reference.folder, entry: $0)
    }
    let stages = try Predictor(choices, identity: .null, options: .init(), threads: .all).stages
    #expect(stages.map(\.part.mean) == [.begins, .goesOn])
    #expect(stages.map(\.part.keepsImages) == [true, false])

    let geometry = try readGeometry(reference.images[0])
    var alone = stages[1]
    alone.part.mean = .none
    let averaged = try Estimate(stages[1], geometry: geometry, networkBytes: { _ in 0 })
    let single = try Estimate(alone, geometry: geometry, networkBytes: { _ in 0 })
    let mean = 4 * stages[1].model.architecture.outputChannels * geometry.count
    #expect(zip(averaged.phases, single.phases).allSatisfy { $0.bytes == $1.bytes + mean })
    #expect(averaged.leastBytes == single.leastBytes)
  }
}
