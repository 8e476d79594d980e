import Glibc
import NNXImage
import NNXModel
import NNXNetwork
import NNXPredict
import NNXSystem
import NNXTensor
import TestSupport
import Testing

/// nnx against the real nnU-Net, stage by stage: each stage starts from nnU-Net's own result of the
/// stage before, so that a difference shows where it arises.
@Suite(.serialized) struct ParityTests {
  static let cases = [
    "v2/plain_ct", "v2/plain_ct_folds", "v2/anisotropic_transpose", "v2/small_image",
    "v2/old_plans", "v2/regions_mask_crop", "v2/resenc_pet_ct", "v2/slices_2d", "v1/ct_fullres",
    "v1/mr_legacy_aniso", "v1/slices_2d", "v1/resenc",
  ]
  /// Share of the standard deviation by which a stage may differ.
  static let preprocessedTolerance = 1e-4
  static let scoreTolerance = 1e-3
  static let probabilityTolerance = 1e-3

  @Test(arguments: cases) func everyStageAgrees(name: String) throws {
    let reference = try ReferenceCase(name)
    var row = ParityRow(name)

    let images = try reference.images.map { try readImage($0) }
    let prepared = try Preprocessor(reference.model, threads: .all).run(images)
    let preprocessed = try reference.array("preprocessed.npy")
    #expect(prepared.input.shape == preprocessed.shape)
    row.preprocessed = relativeDifference(prepared.input, preprocessed)
    #expect(row.preprocessed <= Self.preprocessedTolerance)

    let window = SlidingWindow(
      reference.model, volume: Array(preprocessed.shape.dropFirst()), settings: reference.window,
      threads: .all)
    let networks = reference.entry.folds.map { fold in
      {
        try Network(
          reference.model.architecture, weights: reference.folder.weights(fold),
          patch: reference.model.patch, threads: .all)
      }
    }
    let scores = try window.predict(preprocessed, folds: networks, onPatch: {})
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
    row.voxels = exact.count
    row.upstreamDiffers = zip(try reference.labels("segmentation.nii.gz"), exact).count { $0 != $1 }

    if reference.model.generation == .v2, !reference.model.labels.hasRegions,
      prepared.properties.box == Box(prepared.properties.shape)
    {
      let probabilities = try export.probabilities(from: scores)
      let upstream = try NPY.read(reference.path + "/probabilities.npz", key: "probabilities")
      #expect(probabilities.shape == upstream.shape)
      row.upstreamProbabilities = meanDifference(probabilities.values, upstream.values)
      let expected = try exactProbabilities(expectedScores, reference.model, prepared.properties)
      let largest = zip(probabilities.values, expected).reduce(0) {
        max($0, abs(Double($1.0) - $1.1))
      }
      #expect(largest <= Self.probabilityTolerance)
      row.probabilities = largest
    }
    ParityTable.add(row)
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
