import NNXImage
import NNXModel
import NNXSystem
import NNXTensor
import Testing

@testable import NNXPredict

/// Spacings, steps and shapes that no patient has: told and refused, never computed with.
@Suite struct AbsurdGridTests {
  private func estimate(_ spacing: Double, step: Double = 0.5) throws -> Estimate {
    let reference = try ReferenceCase("v2/odd_sizes")
    let stage = try Stage(
      Predictor.Choice(folder: reference.folder, entry: reference.entry, folds: ["0"]),
      Predictor.Options(window: .init(tileStep: step)), Stage.Part())
    return try Estimate(
      stage,
      geometry: Geometry(
        shape: [40, 40, 40], spacing: [spacing, spacing, spacing], origin: [0, 0, 0],
        direction: [1, 0, 0, 0, 1, 0, 0, 0, 1]), networkBytes: { _ in 1 << 20 })
  }

  @Test func volumesBeyondAllMemoryAreEstimated() throws {
    let model = try ReferenceCase("v2/odd_sizes").model
    let absurd = try estimate(1e5)
    let spacing = try #require(model.preprocessing.spacing[2])
    #expect(absurd.volume[2] == Int((1e5 / spacing * 40).rounded(.toNearestOrEven)))
    // The largest phase holds the image at the model's spacing, and what comes of it.
    let share = Double(model.channels.count)
    let expected = 4 * share * absurd.volume.reduce(1.0) { $0 * Double($1) }
    #expect(expected > 1e18)
    #expect(absurd.peakBytes == 1 << 58 + 32 << 20)
    #expect(absurd.growth > 1e12)
    #expect(absurd.patches == 1 << 53)
    #expect(!Estimate.fits(absurd.peakBytes, below: 1 << 57))
  }

  @Test func estimatesOfRealImagesAreExact() throws {
    let model = try ReferenceCase("v2/odd_sizes").model
    let real = try estimate(2)
    let voxels = real.volume.reduce(1, *)
    let scores = ScoreBand.bytes(model, real.volume, along: 0)
    #expect(scores < Double(4 * model.architecture.outputChannels * voxels))
    let export = try #require(real.phases.last)
    #expect(export.bytes == 4 * model.channels.count * voxels + Int(scores) + 2 * 64000)
    #expect(real.growth < 100)
  }

  @Test func gridsThatCannotBeCountedAreRefused() throws {
    for spacing in [1e9, 1e30, 1e300] {
      let error = #expect(throws: NNXError.self) { try estimate(spacing) }
      #expect(error?.code.name == "endless-grid")
      #expect(error?.code.status == .data)
      #expect(error?.fixes == ["Check the image's spacing: is it in mm?"])
    }
  }

  @Test(arguments: [
    ([100, 64, 33], [64, 64, 64], 0.5, [3, 1, 1]), ([129, 97, 70], [64, 40, 48], 0.3, [5, 6, 3]),
  ])
  func countsAreThoseOfTheTiles(volume: [Int], patch: [Int], step: Double, expected: [Int]) {
    let grid = TileGrid(volume: volume, patch: patch, tileStep: step, slicewise: false)
    let counts = TileGrid.counts(volume: volume, patch: patch, tileStep: step, slicewise: false)
    #expect(counts == expected)
    #expect(grid.starts.map(\.count) == counts)
  }

  @Test func countsNeedNoMemory() {
    let endless = [Int(Int32.max), Int(Int32.max), Int(Int32.max)]
    #expect(
      TileGrid.counts(volume: endless, patch: [1, 64, 64], tileStep: 0.5, slicewise: true)
        == [Int(Int32.max), 67_108_863, 67_108_863])
    #expect(
      TileGrid.counts(volume: endless, patch: [64, 64, 64], tileStep: 1e-300, slicewise: false)
        == [1 << 53 + 1, 1 << 53 + 1, 1 << 53 + 1])
  }

  /// nnU-Net makes them uint8, whose numbers wrap.
  @Test func regionsOfLargeValuesAreWrittenAsTheyAre() throws {
    var model = try ReferenceCase("v2/regions_mask_crop").model
    let order = try #require(model.labels.regionsClassOrder)
    model.labels.regionsClassOrder = order.indices.map { 300 + $0 }
    let spacing = model.preprocessing.transposeBackward.map { axis in
      model.preprocessing.spacing[axis] ?? 1
    }
    let properties = try CaseProperties(
      model, shape: [4, 5, 6], spacing: spacing, box: Box([4, 5, 6]))
    let scores = Tensor([order.count] + properties.resampledShape)
    scores.withMutableSpan { span in
      for index in span.indices { span[index] = index < span.count / order.count ? 9 : -9 }
    }
    let map = try LabelExport(model, properties: properties, threads: .all)
      .labels(from: scores) { _ in }
    #expect((0..<map.count).allSatisfy { map[$0] == 300 })
  }

  @Test func aStepIsAtLeastAVoxel() throws {
    #expect(TileGrid.smallestStep(patch: [20, 32, 48], slicewise: false) == 0.05)
    #expect(TileGrid.smallestStep(patch: [1, 32, 64], slicewise: true) == 1.0 / 32)
    // nnU-Net's own step is always allowed.
    #expect(TileGrid.smallestStep(patch: [1, 32, 64], slicewise: false) == 0.5)
    let reference = try ReferenceCase("v2/slices_2d")
    let error = #expect(throws: NNXError.self) {
      try Predictor(
        folder: reference.folder, entry: reference.entry, folds: nil, identity: .null,
        options: .init(window: .init(tileStep: 1e-12)), threads: .all)
    }
    #expect(error?.code == .usage)
    #expect(error?.message == "--step-size 1e-12 moves the patch by less than a voxel")
    #expect(error?.fixes == ["Give at least --step-size 0.021"])
  }
}
