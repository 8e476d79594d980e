import Glibc
import NNXImage
import NNXModel
import NNXNetwork
import NNXSystem
import NNXTensor
import TestSupport
import Testing

@testable import NNXPredict

/// nnx against the real nnU-Net, stage by stage: each stage starts from nnU-Net's own result of the
/// stage before, so that a difference shows where it arises.
@Suite(.serialized) struct ParityTests {
  /// Share of the standard deviation by which a stage may differ.
  static let preprocessedTolerance = 1e-4
  static let scoreTolerance = 1e-3
  static let probabilityTolerance = 1e-3

  @Test(arguments: try ReferenceCase.all()) func everyStageAgrees(name: String) throws {
    let reference = try ReferenceCase(name)
    var row = ParityRow(name)

    let images = try reference.images.map { try readImage($0, as: reference.reader) }
    let prepared = try Preprocessor(reference.model, threads: .all).run(
      images,
      previous: reference.previousStage.map { try readLabels($0, as: reference.reader).labels })
    let kept = try reference.preprocessedImages()
    if let kept {
      #expect(prepared.input.shape == kept.shape)
      let difference = relativeDifference(prepared.input, kept)
      #expect(difference <= Self.preprocessedTolerance)
      row.preprocessed = difference
    }
    let preprocessed = kept ?? prepared.input
    if let previous = prepared.previous {
      let expected = try reference.previousChannels()
      #expect(previous.channels.shape == expected.shape)
      row.previousDiffers = zip(previous.channels.values, expected.values).count { $0 != $1 }
      #expect(row.previousDiffers == 0)
    }

    let window = SlidingWindow(
      reference.model, volume: Array(preprocessed.shape.dropFirst()), settings: reference.window,
      threads: .all)
    let networks = reference.folds.map { fold in
      {
        [
          try Network(
            reference.model.architecture, weights: reference.folder.weights(fold),
            patch: reference.model.patch, threads: .all)
        ]
      }
    }
    let scores = try window.predict(
      preprocessed, previous: prepared.previous, folds: networks, onPatch: {})
    let expectedScores = try reference.array(reference.scoresFile)
    #expect(scores.shape == expectedScores.shape)
    row.scores = relativeDifference(scores, expectedScores)
    #expect(row.scores <= Self.scoreTolerance)

    let export = LabelExport(reference.model, properties: prepared.properties, threads: .all)
    let exact = try reference.labels(reference.exactFile)
    if reference.model.postprocessing.isEmpty {
      let fromReference = try export.labels(from: expectedScores, progress: { _ in })
      row.exportDiffers = zip(fromReference.labels, exact).count { $0 != $1 }
      #expect(row.exportDiffers == 0)
    }

    let own = try reference.predictToFile()
    let margins = try export.margins(from: expectedScores).values
    let tolerance = Float(Self.scoreTolerance * deviation(expectedScores))
    var unexplained = 0
    for (index, label) in own.enumerated() where label != exact[index] {
      row.labelsDiffer += 1
      if margins[index] > 2 * tolerance { unexplained += 1 }
    }
    #expect(unexplained == 0)
    let differing = own.indices.filter { own[$0] != exact[$0] }
    row.explanation = try NearTies(name)?.explain(
      differing, own: own, expected: exact, shape: prepared.properties.shape)
    row.voxels = exact.count
    row.features = ParityFeatures.of(reference, prepared.properties)
    row.upstreamDiffers = zip(try reference.labels("segmentation.nii.gz"), exact).count { $0 != $1 }

    if reference.exportsByDefault, !reference.model.labels.hasRegions,
      prepared.properties.box == Box(prepared.properties.shape)
    {
      let probabilities = try export.probabilities(from: scores)
      if let upstream = try reference.upstreamProbabilities() {
        #expect(probabilities.shape == upstream.shape)
        let difference = meanDifference(probabilities.values, upstream.values)
        #expect(difference <= Self.probabilityTolerance)
        row.upstreamProbabilities = difference
      }
      let expected = try exactProbabilities(expectedScores, reference.model, prepared.properties)
      let largest = zip(probabilities.values, expected).reduce(0) {
        max($0, abs(Double($1.0) - $1.1))
      }
      #expect(largest <= Self.probabilityTolerance)
      row.probabilities = largest
    }
    ParityTable.add(row)
  }

  /// A cascade in one command: the first stage's labels are nnU-Net's, and so are the second's.
  @Test(arguments: try ReferenceCase.all().filter { $0.contains("cascade") })
  func aCascadePredictsItsFirstStage(name: String) throws {
    let reference = try ReferenceCase(name)
    let first = try reference.folder.entry(configuration: reference.model.previousStage)
    let own = try reference.labels(of: first)
    let expected = try reference.labels("previous_stage.nii.gz")
    let differ = zip(own, expected).count { $0 != $1 }
    // The oldest case has a first stage that nnU-Net accumulated in float16, which changes its second.
    guard name != "v2/cascade" else {
      #expect(differ < 50)
      return
    }
    #expect(differ == 0)
    let both = try reference.predictToFile(predictsPrevious: true)
    let wrong = try NearTies.expectEqual(
      both, try reference.labels(reference.exactFile), case: name,
      shape: try readGeometry(reference.images[0], as: reference.reader).shape)
    ParityTable.add(
      feature: "both stages of a cascade in one command", differ: wrong, voxels: both.count)
  }

  /// The model trained on a real CT, where its data lie beside the repository.
  @Test(.enabled(if: RealCT.isPresent), arguments: [true, false])
  func theRealCTAgreesInEveryVoxel(mirroring: Bool) throws {
    let reference = try RealCT.reference()
    let own = try reference.predictToFile(mirroring: mirroring)
    let exact = try reference.labels(mirroring ? "exact.nii.gz" : "exact_no_tta.nii.gz")
    #expect(zip(own, exact).count { $0 != $1 } == 0)
  }

  /// nnU-Net's logits on the image's grid and through softmax, in double and for all classes at once:
  /// what `--save_probabilities` would hold had nnU-Net not rounded to float16.
  private func exactProbabilities(
    _ logits: Tensor, _ model: ModelDescription, _ properties: CaseProperties
  ) throws -> [Double] {
    let axis = separateAxis(current: properties.targetSpacing, new: properties.modelSpacing)
    let size = logits.count / logits.shape[0]
    let channels = try (0..<logits.shape[0]).map { channel in
      let part = Tensor(
        Array(logits.shape.dropFirst()), Array(logits.values[channel * size..<(channel + 1) * size])
      )
      return try Resampler().resample(
        part, to: properties.croppedShape, .linear, separateAxis: axis
      ).transposed(model.preprocessing.transposeBackward).values.map(Double.init)
    }
    var result: [[Double]] = channels.map { _ in [] }
    for voxel in channels[0].indices {
      let largest = channels.reduce(-.infinity) { max($0, $1[voxel]) }
      let powers = channels.map { exp($0[voxel] - largest) }
      let sum = powers.reduce(0, +)
      for channel in channels.indices { result[channel].append(powers[channel] / sum) }
    }
    return Array(result.joined())
  }
}

/// Largest difference as a share of the expected values' standard deviation.
func relativeDifference(_ values: Tensor, _ expected: Tensor) -> Double {
  let largest = zip(values.values, expected.values).reduce(0) { max($0, abs(Double($1.0 - $1.1))) }
  return largest / deviation(expected)
}

func deviation(_ tensor: Tensor) -> Double {
  let values = tensor.values
  let mean = values.reduce(0) { $0 + Double($1) } / Double(values.count)
  let variance = values.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
  return (variance / Double(values.count)).squareRoot()
}

func meanDifference(_ values: [Float], _ expected: [Float]) -> Double {
  zip(values, expected).reduce(0) { $0 + abs(Double($1.0) - Double($1.1)) } / Double(values.count)
}
