import NNXImage
import NNXModel
import NNXNetwork
import NNXSystem
import NNXTensor
import TestSupport
import Testing

@testable import NNXPredict

/// Scores of which only the planes are held that a row of tiles reaches: less memory, the same labels.
@Suite struct ScoreBandTests {
  /// A network on noise that is longer than its patch, on the way back to a grid of other spacings.
  private struct Setting {
    let reference: ReferenceCase
    let properties: CaseProperties
    let window: SlidingWindow
    let input: Tensor
    let export: LabelExport

    /// - Parameter axis: the outermost of the order of tiles, and the long one.
    init(_ name: String, axis: Int, long: Int? = nil, mirroring: Bool = false) throws {
      reference = try ReferenceCase(name)
      let model = reference.model
      let volume = model.patch.indices.map { model.patch[$0] + ($0 == long ?? axis ? 60 : 2) }
      let backward = model.preprocessing.transposeBackward
      // Two or four voxels of the image for three of the network.
      let shape = backward.map { axis in volume[axis] * (axis == 1 ? 4 : 2) / 3 }
      let spacing = backward.map { axis in
        (model.preprocessing.spacing[axis] ?? 1) * (axis == 1 ? 0.75 : 1.5)
      }
      properties = try CaseProperties(model, shape: shape, spacing: spacing, box: Box(shape))
      window = SlidingWindow(
        model, volume: properties.resampledShape, settings: .init(mirroring: mirroring), axis: axis,
        threads: Threads(2))
      input = Tensor(
        [model.channels.count] + properties.resampledShape,
        randomValues(model.channels.count * properties.resampledShape.reduce(1, *), seed: 3))
      export = LabelExport(model, properties: properties, threads: Threads(2))
    }

    func fill(
      _ band: ScoreBand, replicas: Int, onDone: (ScoreBand, Threads) throws -> Void = { _, _ in }
    ) throws {
      let model = reference.model
      try window.fill(
        band, input,
        folds: [
          {
            try Network.replicas(
              replicas, model.architecture, weights: reference.folder.weights(reference.folds[0]),
              patch: model.patch, threads: Threads(replicas))
          }
        ], onPatch: {}, onDone: onDone)
    }
  }

  @Test(arguments: [
    ("v2/plain_ct", 0), ("v2/plain_ct", 1), ("v2/regions_mask_crop", 1), ("v2/slices_2d", 0),
    ("v2/anisotropic_transpose", 0), ("v2/torch_resampling", 0), ("v1/ct_fullres", 0),
    ("v1/ct_fullres", 1),
  ])
  func labelsAreThoseOfTheWholeVolume(name: String, axis: Int) throws {
    for (replicas, mirroring) in [(1, false), (3, name == "v2/plain_ct")] {
      let setting = try Setting(name, axis: axis, mirroring: mirroring)
      let whole = setting.window.band(isWhole: true)
      try setting.fill(whole, replicas: replicas)
      let expected = try setting.export.labels(from: whole.scores, progress: { _ in })

      let band = setting.window.band(isWhole: false)
      #expect(band.scores.count < whole.scores.count && !band.isWhole)
      let labels = try setting.export.labels(of: band)
      var rows = 0
      try setting.fill(band, replicas: replicas) {
        labels.take($0, $1)
        rows += 1
      }
      labels.take(band, Threads(2))
      #expect(rows >= 1)
      #expect(labels.map.labels == expected.labels)
      #expect(Set(expected.labels).count > 1, "noise of one label tells nothing")
    }
  }

  /// The order of tiles moves the last bits of sums and nothing else.
  @Test func theOrderOfTilesIsNoMatter() throws {
    let scores = try (0..<2).map { axis in
      let setting = try Setting("v2/plain_ct", axis: axis, long: 1)
      let band = setting.window.band(isWhole: true)
      try setting.fill(band, replicas: 1)
      return band.scores
    }
    #expect(relativeDifference(scores[1], scores[0]) < 1e-5)
  }

  @Test(arguments: [1, 3]) func anEndInTheMiddleIsTold(replicas: Int) throws {
    struct Stop: Error {}
    let setting = try Setting("v2/plain_ct", axis: 0)
    #expect(throws: Stop.self) {
      try setting.fill(setting.window.band(isWhole: false), replicas: replicas) { _, _ in
        throw Stop()
      }
    }
    setting.input.withMutableSpan { $0[0] = .nan }
    let error = #expect(throws: NNXError.self) {
      try setting.fill(setting.window.band(isWhole: false), replicas: replicas)
    }
    #expect(error?.code == .nonFinite)
  }

  /// nnU-Net's order, unless the other one holds much less: forty classes at 128³ of 133 × 200 × 200.
  @Test func theAxisIsThatWhichHoldsLess() throws {
    var model = try ReferenceCase("v2/forty_classes_with_gaps").model
    model.patch = [128, 128, 128]
    #expect(ScoreBand.axis(model, [133, 200, 200]) == 1)
    #expect(ScoreBand.axis(model, [600, 300, 300]) == 0)
    #expect(ScoreBand.axis(model, [128, 130, 300]) == 0)
    #expect(ScoreBand.axis(model, [Int(Int32.max), Int(Int32.max), Int(Int32.max)]) == 0)
    let all = Double(4 * model.architecture.outputChannels)
    #expect(ScoreBand.bytes(model, [133, 200, 200], along: 1) == all * 133 * 129 * 200)
    #expect(ScoreBand.bytes(model, [100, 90, 80], along: 0) == all * 100 * 90 * 80)
    // Cut to a part that is as long along the first axis alone, it holds more.
    let most = ScoreBand.mostBytes(model, [133, 200, 200])
    for part in [[133, 157, 200], [133, 150, 200], [133, 200, 200], [120, 200, 200]] {
      #expect(ScoreBand.bytes(model, part, along: ScoreBand.axis(model, part)) <= most)
    }
    let rows = ScoreBand.bytes(model, [133, 200, 200], along: 1)
    #expect(most <= rows + 67_108_864)
    model.slicewise = true
    #expect(ScoreBand.axis(model, [133, 800, 800]) == 0)
  }
}
