import NNXSystem
import TestSupport
import Testing

@testable import NNXModel

@Suite struct PlansV1Tests {
  typealias Pairs = [(String, PickleTree)]

  private static func dictionary(_ pairs: Pairs) -> PickleTree {
    .dictionary(pairs.map { (.text($0.0), $0.1) })
  }

  private static func rows(_ rows: [[Int]]) -> PickleTree {
    .list(rows.map { .list($0.map { .int($0) }) })
  }

  /// A NumPy scalar of double precision.
  private static func double(_ value: Double) -> PickleTree {
    let type = PickleTree.built(
      .call("numpy", "dtype", [.text("f8"), .bool(false), .bool(true)]),
      .tuple([
        .int(3), .text("<"), .null, .null, .null, .int(-1), .int(-1), .int(0),
      ]))
    let bytes = PickleTree.littleEndian(value.bitPattern, 8)
    return .call("numpy.core.multiarray", "scalar", [type, .bytes(bytes)])
  }

  /// The example of a network that nnU-Net's own documentation of plans describes.
  private static let stage: Pairs = [
    ("patch_size", .list([.int(16), .int(32), .int(32)])),
    ("current_spacing", .list([.float(3), .float(1), .float(1)])),
    ("num_pool_per_axis", .list([.int(2), .int(3), .int(3)])),
    ("pool_op_kernel_sizes", rows([[1, 2, 2], [2, 2, 2], [2, 2, 2]])),
    ("conv_kernel_sizes", rows([[1, 3, 3], [3, 3, 3], [3, 3, 3], [3, 3, 3]])),
  ]

  private static let plans: Pairs = [
    ("num_modalities", .int(1)), ("modalities", .dictionary([(.int(0), .text("CT"))])),
    ("num_classes", .int(2)), ("base_num_features", .int(30)),
    ("normalization_schemes", .dictionary([(.int(0), .text("CT"))])),
    ("use_mask_for_norm", .dictionary([(.int(0), .bool(false))])),
    (
      "dataset_properties",
      dictionary([
        (
          "intensityproperties",
          .dictionary([
            (
              .int(0),
              dictionary([
                ("mean", .float(60)), ("sd", .float(190)), ("percentile_00_5", .float(-450)),
                ("percentile_99_5", .float(620)),
              ])
            )
          ])
        )
      ])
    ),
  ]

  private static func set(_ pairs: Pairs, _ changes: [(String, PickleTree?)]) -> Pairs {
    var pairs = pairs
    for (key, value) in changes {
      pairs.removeAll { $0.0 == key }
      if let value { pairs.append((key, value)) }
    }
    return pairs
  }

  private static let weights = [
    "conv_blocks_context.0.blocks.0.conv.weight", "conv_blocks_context.0.blocks.1.conv.weight",
    "tu.0.weight",
  ]

  private func description(
    trainer: String = "nnUNetTrainerV2", plans: [(String, PickleTree?)] = [],
    stage: [(String, PickleTree?)] = [], stages: Int = 1, index: PickleTree = .null,
    weights: [String] = PlansV1Tests.weights
  ) throws -> ModelDescription {
    let own = PlansV1Tests.dictionary(PlansV1Tests.set(PlansV1Tests.stage, stage))
    let all =
      PlansV1Tests.set(PlansV1Tests.plans, plans) + [
        ("plans_per_stage", .dictionary((0..<stages).map { (.int($0), own) }))
      ]
    let folder = try TemporaryFolder()
    let state = PlansV1Tests.dictionary(weights.map { ($0, .tensor("0", [2])) })
    try folder.write(
      "x.model",
      CheckpointBuilder.zip(
        CheckpointBuilder.members(
          PlansV1Tests.dictionary([("state_dict", state)]).pickled,
          [("0", CheckpointBuilder.floats([1, 2]))])))
    let notes = PlansV1Tests.dictionary([
      (
        "init",
        .tuple([.text("p"), .int(0), .text("o"), .text("d"), .bool(true), index, .bool(true)])
      ),
      ("name", .text(trainer)), ("class", .text("c")), ("plans", PlansV1Tests.dictionary(all)),
    ])
    try folder.write("x.model.pkl", notes.pickled)
    let read = try PlansV1(try Checkpoint("\(folder.path)/x.model"))
    return try read.description(
      read.configuration, folder: "Task001_A", identifier: "nnUNetPlansv2.1")
  }

  @Test func readsThePlansOfATrainer() throws {
    let model = try description()
    #expect(model.generation == .v1)
    #expect(model.configuration == "3d_fullres")
    #expect(model.channels == ["CT"])
    #expect(model.labels.entries.map(\.name) == ["background", "label 1", "label 2"])
    #expect(model.mirrorAxes == [0, 1, 2])
    #expect(model.preprocessing.transposeForward == [0, 1, 2])
    #expect(model.preprocessing.spacing == [3, 1, 1])
    #expect(model.preprocessing.replacesNaN)
    #expect(model.preprocessing.resampling == Resampling(order: 3))
    #expect(model.exportResampling == Resampling(order: 1))
    #expect(
      model.preprocessing.normalization == [
        .ct(
          .init(mean: 60, deviation: 190, percentile00_5: -450, percentile99_5: 620), useMask: false
        )
      ])
  }

  /// Shapes of the example in the reference for Generic_UNet: F = 30, 1 input, 3 outputs.
  @Test func buildsGenericUNet() throws {
    let parameters = try description().architecture.parameters
    func shape(_ name: String) -> [Int]? { parameters.first { $0.name == name }?.shape }
    #expect(shape("encoder.0.0.conv.weight") == [30, 1, 1, 3, 3])
    #expect(shape("encoder.3.0.conv.weight") == [240, 120, 3, 3, 3])
    #expect(shape("decoder.2.0.conv.weight") == [30, 60, 3, 3, 3], "the deeper stage's kernel")
    #expect(shape("decoder.2.up.weight") == [60, 30, 1, 2, 2])
    #expect(shape("decoder.2.up.bias") == nil)
    #expect(shape("head.weight") == [3, 30, 1, 1, 1])
    #expect(shape("head.bias") == nil)
  }

  @Test func fillsInKernelsOfOldPlans() throws {
    let model = try description(stage: [
      ("pool_op_kernel_sizes", nil), ("conv_kernel_sizes", nil),
    ])
    #expect(
      model.architecture.stages.map(\.stride) == [[1, 1, 1], [1, 2, 2], [2, 2, 2], [2, 2, 2]])
    #expect(model.architecture.stages.allSatisfy { $0.kernel == [3, 3, 3] })
  }

  @Test func capsTheFeatures() throws {
    let model = try description(plans: [("base_num_features", .int(100))])
    #expect(model.architecture.stages.map(\.features) == [100, 200, 320, 320])
  }

  @Test func countsConvolutionsInTheWeights() throws {
    let weights = PlansV1Tests.weights + ["conv_blocks_context.0.blocks.2.conv.weight"]
    let model = try description(trainer: "nnUNetTrainerV2_3ConvPerStage", weights: weights)
    #expect(model.architecture.stages.allSatisfy { $0.blocks == 3 })
    #expect(model.architecture.decoder.allSatisfy { $0.convolutions == 3 })
  }

  @Test func biasOfTheHeadComesFromTheWeights() throws {
    let weights = PlansV1Tests.weights + ["seg_outputs.2.bias"]
    #expect(try description(weights: weights).architecture.headBias)
  }

  @Test(arguments: [
    ("nnUNetTrainerV2_ReLU", 0, false), ("nnUNetTrainerV2_ReLU_biasInSegOutput", 0, false),
    ("nnUNetTrainerV2_ReLU_convReLUIN", 0, true), ("nnUNetTrainerV2_lReLU_convReLUIN", 0.01, true),
    ("nnUNetTrainerV2_lReLU_biasInSegOutput", 0.01, false),
    ("nnUNetTrainerV2_LReLU_slope_2en1", 0.2, false), ("nnUNetTrainerV2_DA5", 0.01, false),
    ("SomeoneElsesTrainer", 0.01, false),
  ])
  func trainersNameTheActivation(trainer: String, slope: Double, first: Bool) throws {
    let network = try description(trainer: trainer).architecture
    #expect(network.slope == slope)
    #expect(network.activationFirst == first)
  }

  @Test(arguments: [
    "nnUNetTrainerV2_noMirroring", "nnUNetTrainerV2_noDataAugmentation",
  ])
  func someTrainersDoNotMirror(trainer: String) throws {
    #expect(try description(trainer: trainer).mirrorAxes == [])
  }

  @Test func allKernelsMayBeCubic() throws {
    let model = try description(trainer: "nnUNetTrainerV2_allConv3x3")
    #expect(model.architecture.stages.allSatisfy { $0.kernel == [3, 3, 3] })
  }

  @Test func runningStatisticsMakeABatchNorm() throws {
    let weights =
      PlansV1Tests.weights + ["conv_blocks_context.0.blocks.0.instnorm.running_mean"]
    let model = try description(trainer: "nnUNetTrainerV2_BN", weights: weights)
    #expect(model.architecture.norm == .batch(epsilon: 1e-5))
  }

  @Test func stagesOfACascade() throws {
    let low = try description(stages: 2, index: .int(0))
    #expect(low.configuration == "3d_lowres")
    #expect(low.previousStage == nil)
    let high = try description(
      trainer: "nnUNetTrainerV2CascadeFullRes", stages: 2, index: .int(1))
    #expect(high.configuration == "3d_cascade_fullres")
    #expect(high.previousStage == "3d_lowres")
    #expect(high.architecture.inputChannels == 3)
    let full = try description(stages: 2, index: .int(1))
    #expect(full.configuration == "3d_fullres")
  }

  @Test func slicesGetALeadingAxis() throws {
    let model = try description(stage: [
      ("patch_size", .list([.int(64), .int(48)])),
      ("pool_op_kernel_sizes", PlansV1Tests.rows([[2, 2], [2, 2], [2, 1]])),
      ("conv_kernel_sizes", PlansV1Tests.rows([[3, 3], [3, 3], [3, 3], [3, 3]])),
    ])
    #expect(model.configuration == "2d")
    #expect(model.patch == [1, 64, 48])
    #expect(model.preprocessing.spacing == [nil, 1, 1])
    #expect(model.mirrorAxes == [1, 2])
    #expect(!model.preprocessing.replacesNaN)
    #expect(model.architecture.stages.map(\.stride).last == [1, 2, 1])
  }

  @Test func brainTumoursAreRegions() throws {
    let model = try description(trainer: "nnUNetTrainerV2BraTSRegions_DA4_BN")
    #expect(model.labels.regionsClassOrder == [1, 2, 3])
    #expect(model.labels.regions.map(\.values) == [[1, 2, 3], [2, 3], [3]])
    #expect(model.architecture.outputChannels == 3)
    // This class has the name alone; it is trained on labels.
    let labels = try description(trainer: "nnUNetTrainerV2BraTSRegions_BN").labels
    #expect(!labels.hasRegions)
  }

  @Test(
    arguments: [
      (
        "CT",
        .ct(
          .init(mean: 60, deviation: 190, percentile00_5: -450, percentile99_5: 620), useMask: true)
      ),
      (
        "CT2",
        .ct2(
          .init(mean: 60, deviation: 190, percentile00_5: -450, percentile99_5: 620), useMask: true)
      ),
      ("noNorm", .none), ("nonCT", .zScore(useMask: true)), ("MRI", .zScore(useMask: true)),
    ] as [(String, Normalization)])
  func readsEveryNormalisation(scheme: String, expected: Normalization) throws {
    let model = try description(plans: [
      ("normalization_schemes", .dictionary([(.int(0), .text(scheme))])),
      ("use_mask_for_norm", .dictionary([(.int(0), .bool(true))])),
    ])
    #expect(model.preprocessing.normalization == [expected])
  }

  @Test func knowsNumPyDoubles() throws {
    let intensities = PlansV1Tests.dictionary([
      ("mean", PlansV1Tests.double(60)), ("sd", PlansV1Tests.double(190)),
      ("percentile_00_5", PlansV1Tests.double(-450)), ("percentile_99_5", PlansV1Tests.double(620)),
    ])
    let model = try description(plans: [
      (
        "dataset_properties",
        PlansV1Tests.dictionary([("intensityproperties", .dictionary([(.int(0), intensities)]))])
      )
    ])
    guard case .ct(let values, _) = model.preprocessing.normalization[0] else {
      Issue.record("no CT")
      return
    }
    #expect(values.isDouble)
    #expect(values.deviation == 190)
  }

  @Test(arguments: [
    ("GenericPreprocessor_linearResampling", Resampling(order: 1)),
    ("Preprocessor3DDifferentResampling", Resampling(order: 3, orderZ: 3)),
    ("Preprocessor3DBetterResampling", Resampling(order: 3, forceSeparateZ: false)),
  ])
  func knowsThePreprocessors(name: String, resampling: Resampling) throws {
    let model = try description(plans: [("preprocessor_name", .text(name))])
    #expect(model.preprocessing.resampling == resampling)
  }

  @Test func plansMayChangeTheExport() throws {
    let model = try description(plans: [
      (
        "segmentation_export_params",
        PlansV1Tests.dictionary([
          ("force_separate_z", .bool(false)), ("interpolation_order", .int(3)),
          ("interpolation_order_z", .int(1)),
        ])
      )
    ])
    #expect(model.exportResampling == Resampling(order: 3, orderZ: 1, forceSeparateZ: false))
  }

  @Test func namesTrainersThatItCannotRun() throws {
    let error = try #require(throws: NNXError.self) {
      try description(trainer: "nnUNetTrainerV2HeartRegions")
    }
    #expect(error.code == .unsupportedNetwork)
    #expect(error.message == "cannot run 'nnUNetTrainerV2HeartRegions' from Task001_A")
  }

  @Test func namesNetworksThatItCannotRun() throws {
    for weights in [["vit.weight"], [PlansV1Tests.weights[0]]] {
      let error = try #require(throws: NNXError.self) { try description(weights: weights) }
      #expect(error.code == .unsupportedNetwork)
    }
    let error = try #require(throws: NNXError.self) {
      try description(plans: [("preprocessor_name", .text("PreprocessorFor3D_NoResampling"))])
    }
    #expect(error.message == "cannot run 'PreprocessorFor3D_NoResampling' from Task001_A")
  }

  @Test func refusesPlansThatCannotBe() throws {
    let plans: [[(String, PickleTree?)]] = [
      [("num_modalities", nil)], [("num_modalities", .int(0))], [("num_modalities", .int(1 << 40))],
      [("num_classes", .int(0))], [("num_classes", .int(1 << 40))], [("base_num_features", nil)],
      [("base_num_features", .int(0))], [("normalization_schemes", .list([]))],
      [("use_mask_for_norm", .dictionary([]))], [("dataset_properties", .null)],
      [("transpose_forward", .list([.int(0)])), ("transpose_backward", .list([.int(0)]))],
      [
        ("transpose_forward", .list([.int(1), .int(2), .int(0)])),
        ("transpose_backward", .list([.int(1), .int(2), .int(0)])),
      ],
    ]
    for changes in plans {
      let error = try #require(throws: NNXError.self) { try description(plans: changes) }
      #expect(error.code == .invalidModel, "\(error)")
    }
    let stages: [[(String, PickleTree?)]] = [
      [("patch_size", nil)], [("patch_size", .list([.int(16)]))],
      [("patch_size", .list([.int(16), .int(32), .int(33)]))],
      [("patch_size", .list([.int(1 << 40), .int(32), .int(32)]))],
      [("current_spacing", .list([.float(1), .float(1)]))],
      [("current_spacing", .list([.float(1), .float(1), .float(.nan)]))],
      [("conv_kernel_sizes", PlansV1Tests.rows([[3, 3, 3]]))],
      [("conv_kernel_sizes", PlansV1Tests.rows([[1, 3], [3, 3], [3, 3], [3, 3]]))],
      [("pool_op_kernel_sizes", nil), ("num_pool_per_axis", .list([.int(99), .int(1), .int(1)]))],
    ]
    for changes in stages {
      let error = try #require(throws: NNXError.self) { try description(stage: changes) }
      #expect(error.code == .invalidModel, "\(error)")
    }
    for index in [PickleTree.int(2), .int(-1), .null] {
      #expect(throws: NNXError.self) { try description(stages: 2, index: index) }
    }
  }
}
