import NNXSystem
import Synchronization
import TestSupport
import Testing

@testable import NNXModel

@Suite struct ModelConversionTests {
  static let cases = [
    "v2/plain_ct", "v2/plain_ct_folds", "v2/anisotropic_transpose", "v2/small_image",
    "v2/old_plans", "v2/regions_mask_crop", "v2/resenc_pet_ct", "v2/slices_2d", "v2/cascade",
    "v1/ct_fullres", "v1/mr_legacy_aniso", "v1/cascade", "v1/slices_2d", "v1/resenc",
  ]

  /// By "case configuration fold": tensor name to shape, first, last and sum of its values, as
  /// Scripts/make-fixtures/weights_expectations.py read them with torch.
  static let expectations = Result {
    try OrderedJSON(contentsOf: "\(Fixtures.folder)/weights-expectations.json")
  }

  private static func converted(
    _ name: String, into target: TemporaryFolder
  ) throws -> ModelFolder {
    let source = try Fixtures.unzip("reference/\(name)/model.zip")
    let models = try ResultsFolder(source.path).models
    return try ModelConversion.convert(models, into: target.path) { _ in }
  }

  @Test(arguments: cases) func convertsEveryReferenceCase(name: String) throws {
    let expected = try ModelConversionTests.expectations.get().members ?? []
    let target = try TemporaryFolder()
    let converted = try ModelConversionTests.converted(name, into: target)
    let opened = try ModelFolder(opening: target.path)
    #expect(opened.entries == converted.entries)
    var folds = 0
    for entry in opened.entries {
      for fold in entry.folds {
        folds += 1
        let weights = try opened.weights(fold)
        let key = "\(name) \(entry.description.configuration) \(fold.name)"
        let tensors = try #require(expected.first { $0.key == key }, "\(key)").value
        #expect(
          Set(weights.entries.map(\.name)) == Set((tensors.members ?? []).map(\.key)), "\(key)")
        #expect(fold.parameters == weights.entries.reduce(0) { $0 + $1.count })
        for entry in weights.entries {
          let tensor = try #require(tensors[entry.name]?.array)
          #expect(entry.shape == tensor[0].array?.compactMap(\.int), "\(key) \(entry.name)")
          let (first, last, sum) = try weights.withTensor(entry.name) { values in
            var sum = 0.0
            for index in values.indices { sum += Double(values[index]) }
            return (Double(values[0]), Double(values[values.count - 1]), sum)
          }
          #expect(first == tensor[1].double, "\(key) \(entry.name)")
          #expect(last == tensor[2].double, "\(key) \(entry.name)")
          let difference = abs(sum - (tensor[3].double ?? .nan))
          #expect(difference <= 1e-9 * Double(entry.count), "\(key) \(entry.name)")
        }
      }
    }
    #expect(folds == expected.filter { $0.key.hasPrefix("\(name) ") }.count)
  }

  @Test func describesTheReferenceCases() throws {
    func entries(_ name: String) throws -> [ModelDescription] {
      let target = try TemporaryFolder()
      return try ModelConversionTests.converted(name, into: target).entries.map(\.description)
    }
    let folds = try entries("v2/plain_ct_folds")[0]
    #expect(folds.mirrorAxes == [0, 2])
    let aniso = try entries("v2/anisotropic_transpose")[0]
    #expect(aniso.preprocessing.transposeForward == [1, 0, 2])
    #expect(aniso.channels == ["T2", "ADC"])
    let regions = try entries("v2/regions_mask_crop")[0]
    #expect(regions.labels.hasRegions)
    #expect(regions.preprocessing.normalization.allSatisfy { $0 == .zScore(useMask: true) })
    #expect(try entries("v2/resenc_pet_ct")[0].architecture.encoder == .residual)
    let slices = try entries("v2/slices_2d")[0]
    #expect(slices.slicewise)
    #expect(slices.mirrorAxes == [1, 2])
    let cascade = try entries("v2/cascade")
    #expect(cascade.map(\.configuration) == ["3d_cascade_fullres", "3d_lowres"])
    #expect(cascade.map(\.previousStage) == ["3d_lowres", nil])
    #expect(cascade.map(\.architecture.inputChannels) == [3, 1])
    let legacy = try entries("v1/mr_legacy_aniso")[0]
    #expect(legacy.generation == .v1)
    #expect(legacy.dataset == "Task952_Prostate")
    #expect(legacy.preprocessing.transposeForward == [0, 2, 1])
    #expect(try entries("v1/resenc")[0].architecture.encoder == .residualStridedSkip)
    #expect(try entries("v1/cascade").map(\.previousStage) == ["3d_lowres", nil])
    #expect(try entries("v1/slices_2d")[0].patch == [1, 56, 48])
  }

  @Test func convertingTwiceGivesTheSameBytes() throws {
    let (first, second) = (try TemporaryFolder(), try TemporaryFolder())
    let entries = try ModelConversionTests.converted("v2/plain_ct", into: first).entries
    #expect(try ModelConversionTests.converted("v2/plain_ct", into: second).entries == entries)
    #expect(
      try first.contents() == [
        "model.json", "weights", "weights/3d_fullres", "weights/3d_fullres/fold_0.safetensors",
      ])
  }

  @Test func reportsProgressInBytes() throws {
    let source = try Fixtures.unzip("reference/v2/plain_ct_folds/model.zip")
    let target = try TemporaryFolder()
    let events = Mutex<[ProgressEvent]>([])
    let folder = try ModelConversion.convert(
      try ResultsFolder(source.path).models, into: target.path
    ) { event in events.withLock { $0.append(event) } }
    let seen = events.withLock { $0 }
    // Folds are converted side by side, and counted together.
    let size = 3 * 4 * folder.entries[0].description.architecture.parameterCount
    #expect(seen.last?.done == size)
    #expect(seen.allSatisfy { $0.total == size && $0.stage == .convert && $0.unit == .bytes })
    #expect(seen.allSatisfy { $0.item == "fold 0 1 2" })
    #expect(zip(seen, seen.dropFirst()).allSatisfy { $0.done <= $1.done })
  }

  @Test func aChangedByteOfTheWeightsIsFound() throws {
    let target = try TemporaryFolder()
    let folder = try ModelConversionTests.converted("v2/plain_ct", into: target)
    let fold = folder.entries[0].folds[0]
    var bytes = try target.read("\(target.path)/\(fold.weights)")
    bytes[bytes.count - 1] ^= 1
    try target.write(fold.weights, bytes)
    let error = try #require(throws: NNXError.self) { try folder.weights(fold) }
    #expect(error.code == .integrity)
  }

  @Test func weightsOfAnotherNetworkAreRefused() throws {
    let target = try TemporaryFolder()
    var folder = try ModelConversionTests.converted("v2/plain_ct", into: target)
    folder.entries[0].description.architecture.stages[0].blocks = 3
    #expect(throws: NNXError.self) { try folder.weights(folder.entries[0].folds[0]) }
  }

  @Test func refusesTwoModelsOfOneConfiguration() throws {
    let source = try Fixtures.unzip("reference/v2/small_image/model.zip")
    let models = try ResultsFolder(source.path).models
    let target = try TemporaryFolder()
    #expect(throws: NNXError.self) {
      try ModelConversion.convert(models + models, into: target.path) { _ in }
    }
    #expect(try target.contents() == [])
  }
}
