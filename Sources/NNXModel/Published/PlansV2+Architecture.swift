import NNXSystem

extension PlansV2 {
  /// The network of a configuration (`nnunetv2/utilities/get_network_from_plans.py`).
  ///
  /// - Parameters:
  ///   - axes: 2 or 3 spatial axes.
  ///   - checkpoint: tells batch norms, which come from the trainer and not from the plans.
  func architecture(
    _ own: PlansFields, axes: Int, inputs: Int, outputs: Int, checkpoint: Checkpoint, folder: String
  ) throws(NNXError) -> Architecture {
    if let name = PlansV2.foreignNetwork(of: checkpoint.trainer) {
      throw .unsupported(name, from: folder)
    }
    let network =
      own.optional("architecture") == nil
      ? try NetworkPlan(flat: own, folder)
      : try NetworkPlan(try own.object("architecture"), folder)
    return try network.architecture(
      axes: axes, inputs: inputs, outputs: outputs,
      hasRunningStatistics: checkpoint.tensors.keys.contains { $0.hasSuffix(".running_mean") })
  }

  /// Trainers whose network is their own and not that of the plans.
  static func foreignNetwork(of trainer: String) -> String? {
    ["Primus", "UMamba", "SwinUNETR", "MedNeXt", "STUNet", "UNETR", "SegMamba"].first {
      trainer.lowercased().contains($0.lowercased())
    }
  }
}

/// What plans say of a network, old and new style made alike.
struct NetworkPlan {
  private let fields: PlansFields
  private let isResidual: Bool
  private let features: [Int]
  private let kernels: [[Int]]
  private let strides: [[Int]]
  private let blocks: [Int]
  private let decoderConvolutions: [Int]
  private let hasBias: Bool
  private let epsilon: Double
  private let isBatchNorm: Bool
  private let slope: Double
  private let activationFirst: Bool
  private let stemFeatures: Int?

  static let mostStages = 16

  /// The `architecture` of nnunetv2 2.4 and later.
  init(_ architecture: PlansFields, _ folder: String) throws(NNXError) {
    let path = try architecture.string("network_class_name")
    let name = String(path.split(separator: ".").last ?? "")
    guard name == "PlainConvUNet" || name == "ResidualEncoderUNet" else {
      throw .unsupported(name, from: folder)
    }
    isResidual = name == "ResidualEncoderUNet"
    let own = try architecture.object("arch_kwargs")
    try NetworkPlan.checkArguments(own, isResidual, folder)
    let stages = try own.int("n_stages")
    guard (2...NetworkPlan.mostStages).contains(stages) else {
      throw own.failure("\(stages) stages")
    }
    features = try NetworkPlan.perStage(own, "features_per_stage", stages)
    kernels = try NetworkPlan.extents(own, "kernel_sizes", stages)
    strides = try NetworkPlan.extents(own, "strides", stages)
    let blocksKey = isResidual ? "n_blocks_per_stage" : "n_conv_per_stage"
    blocks = try NetworkPlan.perStage(own, blocksKey, stages)
    decoderConvolutions = try NetworkPlan.perStage(own, "n_conv_per_stage_decoder", stages - 1)
    hasBias = try own.optionalBool("conv_bias") ?? false
    (isBatchNorm, epsilon) = try NetworkPlan.norm(own, folder)
    slope = try NetworkPlan.slope(own, folder)
    activationFirst = try own.optionalBool("nonlin_first") ?? false
    stemFeatures = try own.optionalInt("stem_channels")
    fields = own
  }

  /// The flat keys of nnunetv2 2.3 and earlier.
  init(flat own: PlansFields, _ folder: String) throws(NNXError) {
    let name = try own.string("UNet_class_name")
    guard name == "PlainConvUNet" || name == "ResidualEncoderUNet" else {
      throw .unsupported(name, from: folder)
    }
    isResidual = name == "ResidualEncoderUNet"
    guard let stages = try own.value("conv_kernel_sizes").array?.count,
      (2...NetworkPlan.mostStages).contains(stages)
    else { throw own.failure("'conv_kernel_sizes' is not a list of stages") }
    let base = try own.int("UNet_base_num_features")
    let most = try own.int("unet_max_num_features")
    guard (1...1 << 14).contains(base) else { throw own.failure("\(base) features") }
    features = (0..<stages).map { min(base << $0, most) }
    kernels = try NetworkPlan.extents(own, "conv_kernel_sizes", stages)
    strides = try NetworkPlan.extents(own, "pool_op_kernel_sizes", stages)
    blocks = try NetworkPlan.perStage(own, "n_conv_per_stage_encoder", stages)
    decoderConvolutions = try NetworkPlan.perStage(own, "n_conv_per_stage_decoder", stages - 1)
    hasBias = true
    isBatchNorm = false
    epsilon = 1e-5
    slope = 0.01
    activationFirst = false
    stemFeatures = nil
    fields = own
  }

  func architecture(
    axes: Int, inputs: Int, outputs: Int, hasRunningStatistics: Bool
  ) throws(NNXError) -> Architecture {
    for extents in kernels + strides where extents.count != axes && extents.count != 1 {
      throw fields.failure("kernels or strides of \(extents) for \(axes) axes")
    }
    let kernels = kernels.map { NetworkPlan.threeAxes($0, axes) }
    let strides = strides.map { NetworkPlan.threeAxes($0, axes) }
    let deepest = features.count - 1
    let stages = features.indices.map { stage in
      Architecture.Stage(
        features: features[stage], kernel: kernels[stage], stride: strides[stage],
        blocks: blocks[stage])
    }
    let decoder = (0..<deepest).map { stage in
      Architecture.DecoderStage(
        features: features[deepest - 1 - stage], upsampling: strides[deepest - stage],
        kernel: kernels[deepest - 1 - stage], convolutions: decoderConvolutions[stage],
        upsamplingBias: hasBias)
    }
    let stem = Architecture.Stage(
      features: stemFeatures ?? features[0], kernel: kernels[0], stride: [1, 1, 1], blocks: 1)
    let batch = isBatchNorm || hasRunningStatistics
    return Architecture(
      encoder: isResidual ? .residual : .plain, inputChannels: inputs, outputChannels: outputs,
      stages: stages, decoder: decoder, stem: isResidual ? stem : nil, convolutionBias: hasBias,
      norm: batch ? .batch(epsilon: epsilon) : .instance(epsilon: epsilon), slope: slope,
      activationFirst: activationFirst, headBias: true)
  }

  /// Extents of two axes with a leading 1; one number stands for all axes.
  private static func threeAxes(_ extents: [Int], _ axes: Int) -> [Int] {
    let all = extents.count == 1 ? Array(repeating: extents[0], count: axes) : extents
    return Array(repeating: 1, count: 3 - axes) + all
  }

  /// A number for every stage; one number stands for all.
  private static func perStage(
    _ fields: PlansFields, _ key: String, _ stages: Int
  ) throws(NNXError) -> [Int] {
    if let value = try fields.value(key).int { return Array(repeating: value, count: stages) }
    let values = try fields.ints(key)
    guard values.count == stages else {
      throw fields.failure("'\(key)' has \(values.count) values for \(stages) stages")
    }
    return values
  }

  /// Extents for every stage; a number stands for all axes, or for all stages.
  private static func extents(
    _ fields: PlansFields, _ key: String, _ stages: Int
  ) throws(NNXError) -> [[Int]] {
    let value = try fields.value(key)
    if let extent = value.int { return Array(repeating: [extent], count: stages) }
    let rows = (value.array ?? []).map { row in
      row.int.map { [$0] } ?? (row.array ?? []).map { $0.int ?? 0 }
    }
    guard rows.count == stages, rows.allSatisfy({ $0.allSatisfy { $0 > 0 } }) else {
      throw fields.failure("'\(key)' is not a list of \(stages) extents")
    }
    return rows
  }

  private static func norm(
    _ fields: PlansFields, _ folder: String
  ) throws(NNXError) -> (isBatch: Bool, epsilon: Double) {
    let name = try fields.optionalString("norm_op") ?? "no norm"
    let isBatch = name.contains("BatchNorm")
    guard isBatch || name.contains("InstanceNorm") else { throw .unsupported(name, from: folder) }
    guard fields.optional("norm_op_kwargs") != nil else {
      guard isBatch else { throw .unsupported("\(name) without weights", from: folder) }
      return (true, 1e-5)
    }
    let arguments = try fields.object("norm_op_kwargs")
    // torch: InstanceNorm has no weights unless asked, BatchNorm has.
    let isAffine = try arguments.optionalBool("affine") ?? isBatch
    let isTracking = try arguments.optionalBool("track_running_stats") ?? isBatch
    guard isAffine, isTracking == isBatch else {
      throw .unsupported("\(name) of another kind", from: folder)
    }
    return (isBatch, try arguments.optionalDouble("eps") ?? 1e-5)
  }

  private static func slope(_ fields: PlansFields, _ folder: String) throws(NNXError) -> Double {
    let name = try fields.optionalString("nonlin") ?? "no activation"
    switch name.split(separator: ".").last {
    case "LeakyReLU":
      guard fields.optional("nonlin_kwargs") != nil else { return 0.01 }
      return try fields.object("nonlin_kwargs").optionalDouble("negative_slope") ?? 0.01
    case "ReLU": return 0
    default: throw .unsupported(name, from: folder)
    }
  }

  /// Refuses arguments that would make a network other than the one built here.
  private static func checkArguments(
    _ fields: PlansFields, _ isResidual: Bool, _ folder: String
  ) throws(NNXError) {
    let known: Set = [
      "n_stages", "features_per_stage", "conv_op", "kernel_sizes", "strides", "n_conv_per_stage",
      "n_blocks_per_stage", "n_conv_per_stage_decoder", "conv_bias", "norm_op", "norm_op_kwargs",
      "dropout_op", "dropout_op_kwargs", "nonlin", "nonlin_kwargs", "nonlin_first",
      "deep_supervision", "stem_channels",
    ]
    for member in fields.json.members ?? [] where !member.value.isNull {
      if known.contains(member.key) { continue }
      if member.key == "block", member.value.string?.hasSuffix(".BasicBlockD") == true { continue }
      if member.key == "pool", member.value.string == "conv" { continue }
      let network = isResidual ? "ResidualEncoderUNet" : "PlainConvUNet"
      throw .unsupported("\(network) with \(member.key)", from: folder)
    }
    guard !isResidual || fields.optional("nonlin_first")?.bool != true else {
      throw .unsupported("ResidualEncoderUNet with nonlin_first", from: folder)
    }
  }
}
