import NNXModel
import NNXSystem
import TestSupport

@testable import NNXPredict

/// An installed model of random weights, small enough to run in a moment.
struct RandomModel {
  let folder: ModelFolder
  private let place: TemporaryFolder

  var entry: ModelFolder.Entry { folder.entries[0] }

  /// - Parameters:
  ///   - labels: foreground values from 1, without gaps.
  ///   - folds: each differs a little from the others, as real ones do.
  init(
    _ generation: ModelDescription.Generation, channels: [String], labels: [Int], folds: Int = 5,
    postprocessing: [ComponentRule] = [], seed: Int
  ) throws {
    let stages = [
      Architecture.Stage(features: 12, kernel: [3, 3, 3], stride: [1, 1, 1], blocks: 1),
      Architecture.Stage(features: 8, kernel: [3, 3, 3], stride: [1, 2, 2], blocks: 1),
    ]
    let decoder = [
      Architecture.DecoderStage(
        features: 12, upsampling: [1, 2, 2], kernel: [3, 3, 3], convolutions: 1,
        upsamplingBias: false)
    ]
    let architecture = Architecture(
      encoder: .plain, inputChannels: channels.count, outputChannels: labels.count + 1,
      stages: stages, decoder: decoder, convolutionBias: true, headBias: true)
    let resampling = Resampling(order: 1)
    let description = ModelDescription(
      generation: generation, dataset: "Dataset999_Random", trainer: "T", plans: "P",
      configuration: "3d_fullres", channels: channels,
      labels: Labels(
        entries: ([0] + labels).map { .init(name: "label \($0)", values: [$0]) }),
      preprocessing: PreprocessingSettings(
        transposeForward: [0, 1, 2], transposeBackward: [0, 1, 2], spacing: [2.5, 1, 1],
        normalization: channels.map { _ in .zScore(useMask: false) }, resampling: resampling,
        segmentationResampling: resampling, replacesNaN: false),
      patch: [6, 12, 12], slicewise: false, mirrorAxes: [0, 1, 2], architecture: architecture,
      exportResampling: resampling, previousStage: nil, fileEnding: ".nii.gz",
      postprocessing: postprocessing)
    place = try TemporaryFolder()
    try Folder.create(place.path + "/weights")
    var written: [ModelFolder.Fold] = []
    for fold in 0..<folds {
      let path = "weights/fold_\(fold).safetensors"
      let writer = try WeightsWriter("\(place.path)/\(path)", parameters: architecture.parameters)
      for (index, parameter) in architecture.parameters.enumerated() {
        let count = parameter.shape.reduce(1, *)
        let common = randomValues(count, seed: 1000 * seed + index)
        let own = randomValues(count, seed: 1000 * seed + 100 * (fold + 1) + index)
        let centre: Float = parameter.name.contains("norm.weight") ? 1 : 0
        var values = zip(common, own).map { centre + $0 + 0.25 * $1 }
        if parameter.name == "head.weight" { RandomModel.balance(&values, stages[0].features) }
        if parameter.name == "head.bias" { values = values.map { 0.1 * $0 } }
        try writer.append(parameter.name, values.span)
      }
      written.append(
        ModelFolder.Fold(
          name: "\(fold)", checkpoint: "checkpoint_final.pth", weights: path,
          sha256: try writer.commit(), parameters: architecture.parameterCount))
    }
    folder = ModelFolder(
      path: place.path, entries: [.init(description: description, folds: written)])
  }

  /// Gives every label its share of the image: the weights of each sum to 0 and have length 1.
  private static func balance(_ values: inout [Float], _ features: Int) {
    for start in stride(from: 0, to: values.count, by: features) {
      let row = values[start..<start + features]
      let mean = row.reduce(0, +) / Float(features)
      let length = row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }.squareRoot()
      for index in row.indices { values[index] = (values[index] - mean) / length }
    }
  }
}
