import NNXSystem
import TestSupport
import Testing

@testable import NNXModel

@Suite struct PlansV2Tests {
  // MARK: Making plans

  private static func checkpoint(
    trainer: String = "nnUNetTrainer", mirroring: PickleTree = .tuple([.int(0), .int(1), .int(2)]),
    weight: String = "encoder.stages.0.0.convs.0.conv.weight"
  ) throws -> Checkpoint {
    let folder = try TemporaryFolder()
    let pickle = PickleTree.dictionary([
      (.text("network_weights"), .dictionary([(.text(weight), .tensor("0", [2]))])),
      (.text("init_args"), .dictionary([(.text("configuration"), .text("3d_fullres"))])),
      (.text("trainer_name"), .text(trainer)),
      (.text("inference_allowed_mirroring_axes"), mirroring),
    ])
    let path = try folder.write(
      "checkpoint_final.pth",
      CheckpointBuilder.zip(
        CheckpointBuilder.members(pickle.pickled, [("0", CheckpointBuilder.floats([1, 2]))])))
    return try Checkpoint(path)
  }

  private static func json(_ text: String) throws -> OrderedJSON {
    try OrderedJSON(parsing: Array(text.utf8), source: "test")
  }

  private static let arguments = """
    {"n_stages": 3, "features_per_stage": [8, 16, 24], "kernel_sizes": [[1, 3, 3], [3, 3, 3], [3, 3, 3]],
     "conv_op": "torch.nn.modules.conv.Conv3d", "strides": [[1, 1, 1], [1, 2, 2], [2, 2, 2]],
     "n_conv_per_stage": [2, 2, 3], "n_conv_per_stage_decoder": [1, 2], "conv_bias": true,
     "norm_op": "torch.nn.modules.instancenorm.InstanceNorm3d",
     "norm_op_kwargs": {"eps": 1e-05, "affine": true}, "dropout_op": null, "dropout_op_kwargs": null,
     "nonlin": "torch.nn.LeakyReLU", "nonlin_kwargs": {"inplace": true}}
    """

  /// Plans with one configuration, changed as told: path of the member, new value (`nil` removes it).
  private static func plans(_ changes: [(String, String?)] = []) throws -> PlansV2 {
    var text = try json(
      """
      {"dataset_name": "Dataset001_A", "plans_name": "nnUNetPlans", "image_reader_writer": "SimpleITKIO",
       "transpose_forward": [0, 1, 2], "transpose_backward": [0, 1, 2], "label_manager": "LabelManager",
       "configurations": {"3d_fullres": {
         "preprocessor_name": "DefaultPreprocessor", "patch_size": [16, 32, 32], "spacing": [3.0, 1.0, 1.0],
         "normalization_schemes": ["CTNormalization"], "use_mask_for_norm": [false],
         "resampling_fn_data": "resample_data_or_seg_to_shape",
         "resampling_fn_data_kwargs": {"is_seg": false, "order": 3, "order_z": 0, "force_separate_z": null},
         "resampling_fn_seg": "resample_data_or_seg_to_shape",
         "resampling_fn_seg_kwargs": {"is_seg": true, "order": 1, "order_z": 0, "force_separate_z": null},
         "resampling_fn_probabilities": "resample_data_or_seg_to_shape",
         "resampling_fn_probabilities_kwargs": {"is_seg": false, "order": 1, "order_z": 0, "force_separate_z": null},
         "architecture": {"network_class_name": "dynamic_network_architectures.architectures.unet.PlainConvUNet",
           "arch_kwargs": \(arguments)}}},
       "foreground_intensity_properties_per_channel":
         {"0": {"mean": 60.5, "std": 190.25, "percentile_00_5": -450.0, "percentile_99_5": 620.0}}}
      """)
    for (path, value) in changes {
      try text.set(path.split(separator: "/").map(String.init), value.map { try json($0) })
    }
    return PlansV2(text, source: "plans.json")
  }

  private static let network = "configurations/3d_fullres/architecture"
  private static let own = "configurations/3d_fullres"

  private static func dataset(_ extra: String = "") throws -> DatasetJSON {
    try DatasetJSON(
      try json(
        """
        {"channel_names": {"0": "CT"}, "labels": {"background": 0, "liver": 1, "lesion": 2},
         "file_ending": ".nii.gz"\(extra)}
        """), source: "dataset.json")
  }

  private func description(
    _ changes: [(String, String?)] = [], _ configuration: String = "3d_fullres",
    checkpoint: Checkpoint? = nil
  ) throws -> ModelDescription {
    try PlansV2Tests.plans(changes).description(
      configuration, dataset: PlansV2Tests.dataset(), folder: "Dataset001_A",
      checkpoint: checkpoint ?? PlansV2Tests.checkpoint())
  }

  // MARK: What is read

  @Test func readsAConfiguration() throws {
    let model = try description()
    #expect(model.generation == .v2)
    #expect(model.dataset == "Dataset001_A")
    #expect(model.trainer == "nnUNetTrainer")
    #expect(model.plans == "nnUNetPlans")
    #expect(model.channels == ["CT"])
    #expect(model.patch == [16, 32, 32])
    #expect(!model.slicewise)
    #expect(model.mirrorAxes == [0, 1, 2])
    #expect(model.previousStage == nil)
    #expect(model.preprocessing.spacing == [3, 1, 1])
    #expect(
      model.preprocessing.normalization == [
        .ct(
          .init(mean: 60.5, deviation: 190.25, percentile00_5: -450, percentile99_5: 620),
          useMask: false)
      ])
    #expect(model.preprocessing.resampling == Resampling(order: 3))
    #expect(model.preprocessing.segmentationResampling == Resampling(order: 1))
    #expect(model.exportResampling == Resampling(order: 1))
    #expect(!model.preprocessing.replacesNaN)
    let network = model.architecture
    #expect(network.encoder == .plain)
    #expect(network.stages.map(\.features) == [8, 16, 24])
    #expect(network.stages.map(\.blocks) == [2, 2, 3])
    #expect(network.stages.map(\.stride) == [[1, 1, 1], [1, 2, 2], [2, 2, 2]])
    #expect(network.decoder.map(\.upsampling) == [[2, 2, 2], [1, 2, 2]])
    #expect(network.decoder.map(\.kernel) == [[3, 3, 3], [1, 3, 3]])
    #expect(network.decoder.map(\.convolutions) == [1, 2])
    #expect(network.decoder.allSatisfy { $0.upsamplingBias })
    #expect(network.outputChannels == 3)
    #expect(network.slope == 0.01)
    #expect(network.norm == .instance(epsilon: 1e-5))
  }

  @Test func numbersStandForAllStages() throws {
    let path = "\(PlansV2Tests.network)/arch_kwargs"
    let model = try description([
      ("\(path)/features_per_stage", "8"), ("\(path)/kernel_sizes", "3"),
      ("\(path)/n_conv_per_stage", "2"), ("\(path)/n_conv_per_stage_decoder", "1"),
      ("\(path)/strides", "[1, 2, [1, 2, 2]]"),
    ])
    #expect(model.architecture.stages.map(\.features) == [8, 8, 8])
    #expect(model.architecture.stages.map(\.kernel) == [[3, 3, 3], [3, 3, 3], [3, 3, 3]])
    #expect(model.architecture.stages.map(\.stride) == [[1, 1, 1], [2, 2, 2], [1, 2, 2]])
    #expect(model.architecture.decoder.map(\.convolutions) == [1, 1])
  }

  @Test func readsPlansOfBefore24() throws {
    let model = try description([
      (PlansV2Tests.network, nil), ("\(PlansV2Tests.own)/UNet_class_name", "\"PlainConvUNet\""),
      ("\(PlansV2Tests.own)/UNet_base_num_features", "8"),
      ("\(PlansV2Tests.own)/unet_max_num_features", "24"),
      ("\(PlansV2Tests.own)/n_conv_per_stage_encoder", "[2, 2, 3]"),
      ("\(PlansV2Tests.own)/n_conv_per_stage_decoder", "[1, 2]"),
      ("\(PlansV2Tests.own)/num_pool_per_axis", "[1, 2, 2]"),
      ("\(PlansV2Tests.own)/conv_kernel_sizes", "[[1, 3, 3], [3, 3, 3], [3, 3, 3]]"),
      ("\(PlansV2Tests.own)/pool_op_kernel_sizes", "[[1, 1, 1], [1, 2, 2], [2, 2, 2]]"),
    ])
    #expect(try model.architecture == description().architecture)
  }

  @Test func readsIntensitiesUnderTheirOldName() throws {
    let model = try description([
      ("foreground_intensity_properties_per_channel", nil),
      (
        "foreground_intensity_properties_by_modality",
        #"{"0": {"mean": 60.5, "std": 190.25, "percentile_00_5": -450.0, "percentile_99_5": 620.0}}"#
      ),
    ])
    #expect(try model == description())
  }

  @Test func configurationsInherit() throws {
    let changes = [
      (
        "configurations/child",
        #"{"inherits_from": "3d_fullres", "previous_stage": ["3d_lowres"], "spacing": [2, 2, 2]}"#
      ),
      ("configurations/grandchild", #"{"inherits_from": "child", "batch_size": 3}"#),
    ]
    let model = try description(changes, "grandchild")
    #expect(model.configuration == "grandchild")
    #expect(model.previousStage == "3d_lowres")
    #expect(model.preprocessing.spacing == [2, 2, 2])
    #expect(model.patch == [16, 32, 32])
    #expect(model.architecture.inputChannels == 3, "one image and two labels")
  }

  @Test func slicesGetALeadingAxis() throws {
    let path = "\(PlansV2Tests.network)/arch_kwargs"
    let model = try description(
      [
        ("\(PlansV2Tests.own)/patch_size", "[32, 48]"),
        ("\(PlansV2Tests.own)/spacing", "[0.5, 0.75]"),
        ("\(path)/kernel_sizes", "[[3, 3], [3, 3], [3, 3]]"),
        ("\(path)/strides", "[[1, 1], [2, 2], [2, 2]]"),
      ], checkpoint: PlansV2Tests.checkpoint(mirroring: .tuple([.int(0), .int(1)])))
    #expect(model.slicewise)
    #expect(model.patch == [1, 32, 48])
    #expect(model.preprocessing.spacing == [nil, 0.5, 0.75])
    #expect(model.mirrorAxes == [1, 2])
    #expect(model.architecture.stages.map(\.kernel) == [[1, 3, 3], [1, 3, 3], [1, 3, 3]])
    #expect(model.architecture.decoder.map(\.upsampling) == [[1, 2, 2], [1, 2, 2]])
  }

  @Test func mirroringComesFromTheCheckpoint() throws {
    for (value, axes) in [
      (PickleTree.null, []), (.tuple([]), []), (.list([.int(2), .int(0)]), [2, 0]),
    ] as [(PickleTree, [Int])] {
      let checkpoint = try PlansV2Tests.checkpoint(mirroring: value)
      #expect(try description(checkpoint: checkpoint).mirrorAxes == axes)
    }
    for value in [PickleTree.tuple([.int(3)]), .tuple([.int(-1)]), .tuple([.int(1), .int(1)])] {
      let checkpoint = try PlansV2Tests.checkpoint(mirroring: value)
      #expect(throws: NNXError.self) { try description(checkpoint: checkpoint) }
    }
  }

  @Test func runningStatisticsMakeABatchNorm() throws {
    let checkpoint = try PlansV2Tests.checkpoint(
      trainer: "nnUNetTrainerBN", weight: "encoder.stages.0.0.convs.0.norm.running_mean")
    #expect(try description(checkpoint: checkpoint).architecture.norm == .batch(epsilon: 1e-5))
  }

  @Test(arguments: [
    ("resample_data_or_seg_to_shape", "{}", Resampling(order: 3, forceSeparateZ: false)),
    (
      "resample_data_or_seg_to_shape", #"{"order": 1, "order_z": 1, "force_separate_z": true}"#,
      Resampling(order: 1, orderZ: 1, forceSeparateZ: true)
    ),
    (
      "resample_data_or_seg_to_shape",
      #"{"force_separate_z": null, "separate_z_anisotropy_threshold": 3}"#, Resampling(order: 3)
    ),
    (
      "resample_torch_fornnunet",
      #"{"is_seg": false, "force_separate_z": false, "num_threads": 4}"#,
      Resampling(function: .torch, order: 1, forceSeparateZ: false)
    ),
    ("resample_torch_simple", "{}", Resampling(function: .torchSimple, order: 1)),
    ("no_resampling_data_or_seg_to_shape", "{}", Resampling(function: .identity, order: 0)),
    ("no_resampling_hack", "{}", Resampling(function: .identity, order: 0)),
  ])
  func readsEveryResampling(name: String, arguments: String, expected: Resampling) throws {
    let model = try description([
      ("\(PlansV2Tests.own)/resampling_fn_data", "\"\(name)\""),
      ("\(PlansV2Tests.own)/resampling_fn_data_kwargs", arguments),
    ])
    #expect(model.preprocessing.resampling == expected)
  }

  @Test func readsEveryNormalisation() throws {
    for (name, mask, expected) in [
      ("ZScoreNormalization", "true", .zScore(useMask: true)),
      ("ZScoreNormalization", "false", .zScore(useMask: false)),
      ("NoNormalization", "false", .none),
      ("RescaleTo01Normalization", "false", .rescaleTo01),
      ("RGBTo01Normalization", "false", .rgbTo01),
    ] as [(String, String, Normalization)] {
      let model = try description([
        ("\(PlansV2Tests.own)/normalization_schemes", "[\"\(name)\"]"),
        ("\(PlansV2Tests.own)/use_mask_for_norm", "[\(mask)]"),
      ])
      #expect(model.preprocessing.normalization == [expected])
    }
  }

  @Test func readsResidualEncoders() throws {
    let path = "\(PlansV2Tests.network)/arch_kwargs"
    let model = try description([
      ("\(PlansV2Tests.network)/network_class_name", "\"a.b.ResidualEncoderUNet\""),
      ("\(path)/n_conv_per_stage", nil), ("\(path)/n_blocks_per_stage", "[1, 3, 4]"),
      ("\(path)/nonlin_kwargs", #"{"negative_slope": 0.1}"#),
    ])
    #expect(model.architecture.encoder == .residual)
    #expect(model.architecture.stem?.features == 8)
    #expect(model.architecture.stem?.kernel == [1, 3, 3])
    #expect(model.architecture.stages.map(\.blocks) == [1, 3, 4])
    #expect(model.architecture.slope == 0.1)
  }

  // MARK: What is refused

  @Test(arguments: [
    ("\(network)/network_class_name", "\"a.nets.Primus\"", "Primus"),
    ("\(network)/network_class_name", "\"ResidualUNet\"", "ResidualUNet"),
    ("\(network)/arch_kwargs/norm_op", "\"torch.nn.GroupNorm\"", "torch.nn.GroupNorm"),
    ("\(network)/arch_kwargs/norm_op", "null", "no norm"),
    ("\(network)/arch_kwargs/nonlin", "\"torch.nn.GELU\"", "torch.nn.GELU"),
    ("\(network)/arch_kwargs/squeeze_excitation", "true", "PlainConvUNet with squeeze_excitation"),
    ("\(network)/arch_kwargs/pool", "\"max\"", "PlainConvUNet with pool"),
    ("\(own)/preprocessor_name", "\"MyPreprocessor\"", "MyPreprocessor"),
    ("\(own)/normalization_schemes", "[\"MyNormalization\"]", "MyNormalization"),
    ("\(own)/resampling_fn_seg", "\"my_resampling\"", "my_resampling"),
    ("\(own)/resampling_fn_data_kwargs/order", "2", "resample_data_or_seg_to_shape of order 2, 0"),
    ("label_manager", "\"MyLabels\"", "MyLabels"),
    ("image_reader_writer", "\"DicomIO\"", "DicomIO"),
  ])
  func namesWhatItCannotRun(path: String, value: String, name: String) throws {
    let error = try #require(throws: NNXError.self) { try description([(path, value)]) }
    #expect(error.code == .unsupportedNetwork)
    #expect(error.message == "cannot run '\(name)' from Dataset001_A")
    #expect(error.details.last == "The archive is fine; nnU-Net itself can run it")
  }

  @Test func namesTrainersWithNetworksOfTheirOwn() throws {
    let checkpoint = try PlansV2Tests.checkpoint(trainer: "nnUNet_Primus_M_Trainer")
    let error = try #require(throws: NNXError.self) { try description(checkpoint: checkpoint) }
    #expect(error.message == "cannot run 'Primus' from Dataset001_A")
  }

  @Test(
    arguments: [
      ("configurations", nil), ("\(own)/patch_size", nil), ("\(own)/patch_size", "[16, 32]"),
      ("\(own)/patch_size", "[16, 32, 33]"), ("\(own)/patch_size", "[16, 32, 0]"),
      ("\(own)/patch_size", "[1, 2, 2, 2]"), ("\(own)/patch_size", "[16, 32, 1e300]"),
      ("\(own)/spacing", "[1, 1]"), ("\(own)/spacing", "[1, 1, NaN]"),
      ("\(own)/spacing", "[1, 1, -1]"),
      ("\(own)/normalization_schemes", "[]"), ("\(own)/use_mask_for_norm", "[]"),
      ("\(own)/inherits_from", "\"3d_fullres\""), ("\(own)/inherits_from", "\"absent\""),
      ("transpose_forward", "[0, 1]"), ("transpose_forward", "[0, 2, 1]"),
      ("transpose_forward", "[0, 1, 1]"), ("transpose_backward", nil),
      ("foreground_intensity_properties_per_channel", "{}"),
      ("foreground_intensity_properties_per_channel/0/std", "NaN"),
      ("foreground_intensity_properties_per_channel/0/percentile_00_5", "1000"),
      ("\(network)/arch_kwargs/n_stages", "4"), ("\(network)/arch_kwargs/n_stages", "1000000"),
      ("\(network)/arch_kwargs/features_per_stage", "[8, 16]"),
      ("\(network)/arch_kwargs/features_per_stage", "[8, 16, 1000000000]"),
      ("\(network)/arch_kwargs/features_per_stage", "[8, 16, 0]"),
      ("\(network)/arch_kwargs/kernel_sizes", "[[3, 3, 3], [3, 3, 3], [2, 3, 3]]"),
      ("\(network)/arch_kwargs/kernel_sizes", "[[3, 3], [3, 3], [3, 3]]"),
      ("\(network)/arch_kwargs/kernel_sizes", "[[3, 3, 3], [3, 3, 3], [3, 3, 99]]"),
      ("\(network)/arch_kwargs/strides", "[[2, 2, 2], [2, 2, 2], [2, 2, 2]]"),
      ("\(network)/arch_kwargs/strides", "[[1, 1, 1], [2, 2, 2], [0, 2, 2]]"),
      ("\(network)/arch_kwargs/n_conv_per_stage", "[2, 2, -1]"),
      ("\(network)/arch_kwargs/norm_op_kwargs/eps", "-1"),
    ] as [(String, String?)])
  func refusesPlansThatCannotBe(path: String, value: String?) throws {
    let error = try #require(throws: NNXError.self) { try description([(path, value)]) }
    #expect(error.code == .invalidModel, "\(error)")
    #expect(error.message.hasPrefix("plans.json: "))
  }
}

extension OrderedJSON {
  /// Sets or removes the member at `path`.
  fileprivate mutating func set(_ path: [String], _ value: OrderedJSON?) throws {
    var members = members ?? []
    let index = members.firstIndex { $0.key == path[0] }
    if path.count == 1 {
      if let index { members.remove(at: index) }
      if let value { members.insert(Member(path[0], value), at: index ?? members.count) }
    } else {
      try members[#require(index)].value.set(Array(path.dropFirst()), value)
    }
    self = .object(members)
  }
}
