import NNXImage
import NNXModel
import NNXPredict
import NNXSystem
import TestSupport
import Testing

/// What is going to run for a case, and what it is said to hold.
@Suite struct EstimateTests {
  @Test func aCascadeRunsTwice() throws {
    let reference = try ReferenceCase("v1/cascade")
    func runs(previous: String?) throws -> [PlannedRun] {
      try Predictor(
        folder: reference.folder, entry: reference.entry, folds: nil, identity: .null,
        options: .init(window: reference.window, previousStage: previous), threads: .all
      ).plannedRuns
    }
    let both = try runs(previous: nil)
    let name = try #require(reference.entry.description.previousStage)
    #expect(both.map(\.model.configuration) == [name, reference.entry.description.configuration])
    #expect(both.map(\.keepsImages) == [true, false])
    #expect(both.allSatisfy { $0.mean == .none })
    #expect(try runs(previous: reference.path + "/previous_stage.nii.gz") == [both[1]])
  }

  @Test func aMeanOfModelsIsCounted() throws {
    let reference = try ReferenceCase("v2/ensemble")
    let choices = try reference.folder.entries(configurations: nil).map {
      Predictor.Choice(folder: reference.folder, entry: $0)
    }
    let runs = try Predictor(choices, identity: .null, options: .init(), threads: .all).plannedRuns
    #expect(runs.map(\.mean) == [.begins, .goesOn])
    #expect(runs.map(\.keepsImages) == [true, false])

    let geometry = try readGeometry(reference.images[0])
    var alone = runs[1]
    alone.mean = .none
    let averaged = try Estimate(runs[1], geometry: geometry, networkBytes: { _ in 0 })
    let single = try Estimate(alone, geometry: geometry, networkBytes: { _ in 0 })
    let mean = 4 * runs[1].model.architecture.outputChannels * geometry.count
    #expect(zip(averaged.stages, single.stages).allSatisfy { $0.bytes == $1.bytes + mean })
    #expect(averaged.leastBytes == single.leastBytes)
  }
}
