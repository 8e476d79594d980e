import Foundation
import NNXSystem
import TestSupport
import Testing

@testable import NNXModel

/// A small model whose checkpoint is written by the test, so that it can be wrong.
@Suite struct PublishedWeightsTests {
  private static let plans = """
    {"dataset_name": "Dataset001_A", "plans_name": "nnUNetPlans", "transpose_forward": [0, 1, 2],
     "transpose_backward": [0, 1, 2], "configurations": {"3d_fullres": {
       "patch_size": [4, 4, 4], "spacing": [1, 1, 1], "normalization_schemes": ["NoNormalization"],
       "use_mask_for_norm": [false], "resampling_fn_data": "no_resampling_hack",
       "resampling_fn_seg": "no_resampling_hack", "resampling_fn_probabilities": "no_resampling_hack",
       "architecture": {"network_class_name": "PlainConvUNet", "arch_kwargs": {
         "n_stages": 2, "features_per_stage": [2, 3], "kernel_sizes": 1, "strides": [1, 2],
         "n_conv_per_stage": 1, "n_conv_per_stage_decoder": 1, "conv_bias": true,
         "norm_op": "InstanceNorm3d", "norm_op_kwargs": {"affine": true}, "nonlin": "LeakyReLU"}}}}}
    """

  private static let dataset =
    #"{"channel_names": {"0": "CT"}, "labels": {"background": 0, "a": 1}, "file_ending": ".nii.gz"}"#

  private static let tensors: [(String, [Int])] = {
    func unit(_ name: String, _ output: Int, _ input: Int) -> [(String, [Int])] {
      [
        ("\(name).conv.weight", [output, input, 1, 1, 1]), ("\(name).conv.bias", [output]),
        ("\(name).norm.weight", [output]), ("\(name).norm.bias", [output]),
      ]
    }
    return unit("encoder.stages.0.0.convs.0", 2, 1) + unit("encoder.stages.1.0.convs.0", 3, 2)
      + [("decoder.transpconvs.0.weight", [3, 2, 2, 2, 2]), ("decoder.transpconvs.0.bias", [2])]
      + unit("decoder.stages.0.convs.0", 2, 4)
      + [("decoder.seg_layers.0.weight", [2, 2, 1, 1, 1]), ("decoder.seg_layers.0.bias", [2])]
  }()

  /// Converts the model with these tensors; each has a storage of its own unless it names one.
  private func convert(
    _ tensors: [(String, [Int])], extra: [(String, PickleTree)] = [], more: [(String, [UInt8])] = []
  ) throws -> ModelFolder {
    let tree = try TemporaryFolder()
    var weights: [(String, PickleTree)] = []
    var storages: [(String, [UInt8])] = []
    for (index, (name, shape)) in tensors.enumerated() {
      weights.append((name, .tensor("\(index)", shape)))
      let values = (0..<shape.reduce(1, *)).map { Float($0 + index) }
      storages.append(("\(index)", CheckpointBuilder.floats(values)))
    }
    let pickle = CheckpointBuilder.v2(weights + extra).pickled
    let name = "Dataset001_A/nnUNetTrainer__nnUNetPlans__3d_fullres"
    try tree.write("\(name)/plans.json", Array(PublishedWeightsTests.plans.utf8))
    try tree.write("\(name)/dataset.json", Array(PublishedWeightsTests.dataset.utf8))
    try tree.write(
      "\(name)/fold_0/checkpoint_final.pth",
      CheckpointBuilder.zip(CheckpointBuilder.members(pickle, storages + more)))
    let target = try TemporaryFolder()
    return try ModelConversion.convert(
      try ResultsFolder(tree.path).models, into: target.path
    ) { _ in }
  }

  @Test func convertsWhatFits() throws {
    let folder = try convert(PublishedWeightsTests.tensors)
    #expect(
      folder.entries[0].folds[0].parameters
        == folder.entries[0].description.architecture.parameterCount)
  }

  @Test func toleratesTheDuplicatesOfNnUNet() throws {
    _ = try convert(
      PublishedWeightsTests.tensors,
      extra: [
        ("encoder.stages.0.0.convs.0.all_modules.0.weight", .tensor("0", [2, 1, 1, 1, 1])),
        ("encoder.stages.0.0.convs.0.all_modules.1.bias", .tensor("3", [2])),
        ("decoder.encoder.stages.0.0.convs.0.conv.bias", .tensor("1", [2])),
        ("decoder.encoder.stages.0.0.convs.0.all_modules.0.bias", .tensor("1", [2])),
        ("encoder.stages.0.0.convs.0.norm.num_batches_tracked", .tensor("99", [], type: "Long")),
      ], more: [("99", Array(repeating: 0, count: 8))])
  }

  @Test func aDuplicateMayHaveAStorageOfItsOwn() throws {
    let name = "decoder.encoder.stages.0.0.convs.0.conv.bias"
    let same = CheckpointBuilder.floats([1, 2])
    _ = try convert(
      PublishedWeightsTests.tensors, extra: [(name, .tensor("99", [2]))], more: [("99", same)])
    let error = try #require(throws: NNXError.self) {
      try convert(
        PublishedWeightsTests.tensors, extra: [(name, .tensor("99", [2]))],
        more: [("99", CheckpointBuilder.floats([1, 3]))])
    }
    #expect(error.code == .invalidCheckpoint)
    #expect(error.message.contains("which it should repeat"))
  }

  @Test func everyTensorMustBeThere() throws {
    for index in PublishedWeightsTests.tensors.indices {
      var tensors = PublishedWeightsTests.tensors
      let name = tensors.remove(at: index).0
      let error = try #require(throws: NNXError.self) { try convert(tensors) }
      #expect(error.code == .invalidModel)
      #expect(error.message.hasSuffix("the tensor '\(name)' is missing"))
    }
  }

  @Test func everyShapeMustFit() throws {
    for index in PublishedWeightsTests.tensors.indices {
      var tensors = PublishedWeightsTests.tensors
      tensors[index].1[0] += 1
      let error = try #require(throws: NNXError.self) { try convert(tensors) }
      #expect(error.code == .invalidModel)
      #expect(error.message.contains("the tensor '\(tensors[index].0)' is ["))
    }
  }

  @Test func unknownTensorsAreAnotherNetwork() throws {
    for name in [
      "decoder.seg_layers.1.weight", "vit.block", "encoder.stages.5.0.convs.0.conv.weight",
      "decoder.encoder.x", "all_modules.0.weight",
    ] {
      let error = try #require(throws: NNXError.self) {
        try convert(PublishedWeightsTests.tensors, extra: [(name, .tensor("1", [2]))])
      }
      #expect(error.code == .unsupportedNetwork)
      #expect(error.details[0] == "1 of its tensors belong to another network: \(name)")
    }
  }
}
