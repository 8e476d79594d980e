import NNXSystem

/// The plans of nnU-Net v1, as `model_final_checkpoint.model.pkl` holds them
/// (`nnUNetTrainer.process_plans`).
package struct PlansV1: Sendable {
  private let plans: PickleValue
  private let stage: PickleValue
  private let checkpoint: Checkpoint
  private let trainer: TrainerV1

  static let mostClasses = 65_535
  static let mostChannels = 1024
  static let mostStages = 16

  /// - Parameter checkpoint: of the first fold.
  /// - Throws: `invalid-model` when it has no such stage.
  package init(_ checkpoint: Checkpoint) throws(NNXError) {
    guard let plans = checkpoint.plans else {
      throw NNXError(.invalidModel, "\(checkpoint.path) has no plans of nnU-Net v1")
    }
    self.checkpoint = checkpoint
    self.plans = plans
    trainer = TrainerV1(checkpoint.trainer)
    let stages = plans["plans_per_stage"]
    if let index = checkpoint.stage {
      guard let stage = stages?[index] else {
        throw PlansV1.failure(checkpoint, "there is no stage \(index)")
      }
      self.stage = stage
    } else {
      guard let all = stages?.pairs, all.count == 1 else {
        throw PlansV1.failure(checkpoint, "no stage is named and there is not exactly one")
      }
      stage = all[0].value
    }
  }

  private static func failure(_ checkpoint: Checkpoint, _ reason: String) -> NNXError {
    NNXError(.invalidModel, "the plans of \(checkpoint.path) cannot be used: \(reason)")
  }

  private func failure(_ reason: String) -> NNXError { PlansV1.failure(checkpoint, reason) }

  /// Which of nnU-Net's four configurations this is, when no folder says so.
  package var configuration: String {
    if stage["patch_size"]?.ints?.count == 2 { return "2d" }
    if trainer.isCascade { return "3d_cascade_fullres" }
    let isFirst = checkpoint.stage == 0 && (plans["plans_per_stage"]?.pairs?.count ?? 1) > 1
    return isFirst ? "3d_lowres" : "3d_fullres"
  }

  /// Everything that prediction has to know.
  ///
  /// - Parameters:
  ///   - configuration: as in `3d_fullres`.
  ///   - folder: name of the task folder, as in `Task773_Liver`.
  ///   - identifier: of the plans, as in `nnUNetPlansv2.1`.
  /// - Throws: `invalid-model`; `unsupported-network`.
  package func description(
    _ configuration: String, folder: String, identifier: String
  ) throws(NNXError) -> ModelDescription {
    guard let patch = stage["patch_size"]?.ints, patch.count == 2 || patch.count == 3 else {
      throw failure("'patch_size' is missing")
    }
    let slicewise = patch.count == 2
    let channels = try channels()
    let labels = try labels(folder)
    let architecture = try architecture(
      axes: patch.count,
      inputs: channels.count + (trainer.isCascade ? labels.foreground.count : 0),
      outputs: labels.heads, folder: folder)
    let description = ModelDescription(
      generation: .v1, dataset: folder, trainer: checkpoint.trainer, plans: identifier,
      configuration: configuration, channels: channels, labels: labels,
      preprocessing: try preprocessing(slicewise, channels.count, folder),
      patch: slicewise ? [1] + patch : patch, slicewise: slicewise,
      mirrorAxes: trainer.mirrors ? (slicewise ? [1, 2] : [0, 1, 2]) : [],
      architecture: architecture, exportResampling: try exportResampling(folder),
      previousStage: trainer.isCascade ? "3d_lowres" : nil, fileEnding: ".nii.gz",
      imageReader: "SimpleITKIO")
    if let flaw = description.flaw { throw failure("they describe \(flaw)") }
    return description
  }

  private func channels() throws(NNXError) -> [String] {
    guard let count = plans["num_modalities"]?.int, (1...PlansV1.mostChannels).contains(count)
    else { throw failure("'num_modalities' is missing") }
    let names = plans["modalities"]
    let isCounted = (0..<count).allSatisfy { names?[$0] != nil }
    let inOrder = names?.pairs?.map(\.value) ?? names?.elements ?? []
    return (0..<count).map { index in
      let name = isCounted ? names?[index] : index < inOrder.count ? inOrder[index] : nil
      return name?.text ?? "channel \(index)"
    }
  }

  /// v1 keeps no names: "label 1", "label 2", …
  private func labels(_ folder: String) throws(NNXError) -> Labels {
    if let (entries, order) = try trainer.regions(folder) {
      return Labels(entries: entries, regionsClassOrder: order)
    }
    guard let count = plans["num_classes"]?.int, (1...PlansV1.mostClasses).contains(count) else {
      throw failure("'num_classes' is missing")
    }
    let foreground = (1...count).map { Labels.Entry(name: "label \($0)", values: [$0]) }
    return Labels(entries: [Labels.Entry(name: "background", values: [0])] + foreground)
  }
}

// MARK: Preprocessing

extension PlansV1 {
  private func preprocessing(
    _ slicewise: Bool, _ channels: Int, _ folder: String
  ) throws(NNXError) -> PreprocessingSettings {
    guard let spacing = stage["current_spacing"]?.doubles, spacing.count == 3 else {
      throw failure("'current_spacing' is missing")
    }
    let preprocessor =
      plans["preprocessor_name"]?.text ?? (slicewise ? "PreprocessorFor2D" : "GenericPreprocessor")
    let (data, labels, replacesNaN) = try resampling(preprocessor, slicewise, folder)
    return PreprocessingSettings(
      transposeForward: try transpose("transpose_forward"),
      transposeBackward: try transpose("transpose_backward"),
      // This one leaves slices where they are; others resample them, whatever the network looks at.
      spacing: preprocessor == "PreprocessorFor2D" ? [nil, spacing[1], spacing[2]] : spacing,
      normalization: try normalization(channels), resampling: data,
      segmentationResampling: labels, replacesNaN: replacesNaN)
  }

  /// Both must be there, or none counts.
  private func transpose(_ key: String) throws(NNXError) -> [Int] {
    for name in ["transpose_forward", "transpose_backward"] {
      guard let value = plans[name], !value.isNone else { return [0, 1, 2] }
    }
    guard let axes = plans[key]?.ints else { throw failure("'\(key)' is no list") }
    return axes
  }

  /// Classes of nnunet/preprocessing/preprocessing.py.
  private func resampling(
    _ preprocessor: String, _ slicewise: Bool, _ folder: String
  ) throws(NNXError) -> (data: Resampling, labels: Resampling, replacesNaN: Bool) {
    let labels = Resampling(order: 1)
    switch preprocessor {
    case "GenericPreprocessor": return (Resampling(order: 3), labels, true)
    case "GenericPreprocessor_linearResampling": return (Resampling(order: 1), labels, true)
    case "Preprocessor3DDifferentResampling":
      return (Resampling(order: 3, orderZ: 3), Resampling(order: 1, orderZ: 1), true)
    case "Preprocessor3DBetterResampling":
      return (
        Resampling(order: 3, forceSeparateZ: false), Resampling(order: 1, forceSeparateZ: false),
        true
      )
    case "PreprocessorFor2D" where slicewise: return (Resampling(order: 3), labels, false)
    default: throw .unsupported(preprocessor, from: folder)
    }
  }

  private func exportResampling(_ folder: String) throws(NNXError) -> Resampling {
    guard let own = plans["segmentation_export_params"], !own.isNone else {
      return Resampling(order: 1)
    }
    guard let order = own["interpolation_order"]?.int,
      let orderZ = own["interpolation_order_z"]?.int,
      let force = own["force_separate_z"], force.isNone || force.bool != nil
    else { throw failure("'segmentation_export_params' is damaged") }
    guard [0, 1, 3].contains(order), [0, 1, 3].contains(orderZ) else {
      throw .unsupported("interpolation_order \(order), \(orderZ)", from: folder)
    }
    return Resampling(order: order, orderZ: orderZ, forceSeparateZ: force.bool)
  }

  private func normalization(_ channels: Int) throws(NNXError) -> [Normalization] {
    guard let schemes = plans["normalization_schemes"], let masks = plans["use_mask_for_norm"]
    else { throw failure("'normalization_schemes' or 'use_mask_for_norm' is missing") }
    var list: [Normalization] = []
    for channel in 0..<channels {
      guard let scheme = schemes[channel]?.text, let useMask = masks[channel]?.bool else {
        throw failure("channel \(channel) has no normalisation")
      }
      switch scheme {
      case "CT": list.append(.ct(try intensities(channel), useMask: useMask))
      case "CT2": list.append(.ct2(try intensities(channel), useMask: useMask))
      case "noNorm": list.append(.none)
      default: list.append(.zScore(useMask: useMask))
      }
    }
    return list
  }

  private func intensities(_ channel: Int) throws(NNXError) -> Normalization.Intensities {
    let own = plans["dataset_properties"]?["intensityproperties"]?[channel]
    let values = ["mean", "sd", "percentile_00_5", "percentile_99_5"].map { own?[$0] }
    let numbers = values.compactMap { $0?.double }
    guard numbers.count == 4 else { throw failure("channel \(channel) has no intensities") }
    return Normalization.Intensities(
      mean: numbers[0], deviation: numbers[1], percentile00_5: numbers[2],
      percentile99_5: numbers[3], isDouble: values.contains { $0?.isNumPyDouble == true })
  }
}

// MARK: Architecture

extension PlansV1 {
  private func architecture(
    axes: Int, inputs: Int, outputs: Int, folder: String
  ) throws(NNXError) -> Architecture {
    let names = checkpoint.tensors.keys
    let norm =
      trainer.norm
      ?? (names.contains { $0.hasSuffix(".running_mean") }
        ? .batch(epsilon: 1e-5) : .instance(epsilon: 1e-5))
    if names.contains("encoder.initial_conv.weight") {
      return try fabiansUNet(axes, inputs, outputs, norm, folder)
    }
    guard names.contains("conv_blocks_context.0.blocks.0.conv.weight") else {
      throw .unsupported(checkpoint.trainer, from: folder)
    }
    return try genericUNet(axes, inputs, outputs, norm, folder)
  }

  /// Extents per pooling or per stage; 2-D ones get a leading 1.
  private func extents(_ key: String, _ axes: Int) throws(NNXError) -> [[Int]]? {
    guard let value = stage[key], !value.isNone else { return nil }
    guard let rows = value.intRows, (1...PlansV1.mostStages).contains(rows.count),
      rows.allSatisfy({ $0.count == axes })
    else { throw failure("'\(key)' is no list of extents") }
    return rows.map { Array(repeating: 1, count: 3 - axes) + $0 }
  }

  private func features(_ stages: Int, most: Int) throws(NNXError) -> [Int] {
    guard let base = trainer.baseFeatures ?? plans["base_num_features"]?.int,
      (1...most).contains(base)
    else {
      throw failure("'base_num_features' is missing")
    }
    return (0..<stages).map { min(base << $0, most) }
  }

  /// `nnunet/network_architecture/generic_UNet.py`.
  private func genericUNet(
    _ axes: Int, _ inputs: Int, _ outputs: Int, _ norm: Architecture.Norm, _ folder: String
  ) throws(NNXError) -> Architecture {
    let names = checkpoint.tensors
    guard names["tu.0.weight"] != nil else {
      throw .unsupported(
        checkpoint.trainer, from: folder,
        details: ["Its decoder interpolates instead of learning to"])
    }
    let pooling = try poolings(axes)
    var kernels =
      try extents("conv_kernel_sizes", axes)
      ?? Array(
        repeating: Array(repeating: 1, count: 3 - axes) + Array(repeating: 3, count: axes),
        count: pooling.count + 1)
    if trainer.hasCubicKernels {
      kernels = kernels.map { _ in
        Array(repeating: 1, count: 3 - axes) + Array(repeating: 3, count: axes)
      }
    }
    guard kernels.count == pooling.count + 1 else {
      throw failure("\(kernels.count) kernels for \(pooling.count) poolings")
    }
    // The number of convolutions is not always in the plans; the weights show it.
    var convolutions = 0
    while names["conv_blocks_context.0.blocks.\(convolutions).conv.weight"] != nil {
      convolutions += 1
    }
    // Bottleneck and decoder levels consist of two stacks: the last convolution lies in one of its own.
    let inTwoStacks = max(2, convolutions)
    let deepest = pooling.count
    let features = try features(deepest + 1, most: axes == 3 ? 320 : 480)
    let stages = (0...deepest).map { stage in
      Architecture.Stage(
        features: features[stage], kernel: kernels[stage],
        stride: stage == 0 ? [1, 1, 1] : pooling[stage - 1],
        blocks: stage == deepest ? inTwoStacks : convolutions)
    }
    // The decoder counts its kernels from the bottleneck: the first level has the deepest kernel.
    let decoder = (0..<deepest).map { level in
      Architecture.DecoderStage(
        features: features[deepest - 1 - level], upsampling: pooling[deepest - 1 - level],
        kernel: kernels[deepest - level], convolutions: inTwoStacks, upsamplingBias: false)
    }
    return Architecture(
      encoder: .plain, inputChannels: inputs, outputChannels: outputs, stages: stages,
      decoder: decoder, convolutionBias: true, norm: norm, activation: trainer.activation,
      slope: trainer.slope, activationFirst: trainer.activationFirst,
      headBias: names["seg_outputs.\(deepest - 1).bias"] != nil)
  }

  private func poolings(_ axes: Int) throws(NNXError) -> [[Int]] {
    if let own = try extents("pool_op_kernel_sizes", axes) { return own }
    guard let counts = stage["num_pool_per_axis"]?.ints, counts.count == axes,
      let most = counts.max(), (1..<PlansV1.mostStages).contains(most),
      counts.allSatisfy({ $0 >= 0 })
    else { throw failure("'num_pool_per_axis' is missing") }
    return (0..<most).map { level in
      Array(repeating: 1, count: 3 - axes) + counts.map { most - $0 <= level ? 2 : 1 }
    }
  }

  /// `nnunet/network_architecture/generic_modular_residual_UNet.py`, whose lists have one entry per
  /// stage.
  private func fabiansUNet(
    _ axes: Int, _ inputs: Int, _ outputs: Int, _ norm: Architecture.Norm, _ folder: String
  ) throws(NNXError) -> Architecture {
    guard axes == 3 else { throw .unsupported("FabiansUNet in 2-D", from: folder) }
    guard let strides = try extents("pool_op_kernel_sizes", axes),
      let kernels = try extents("conv_kernel_sizes", axes),
      let blocks = stage["num_blocks_encoder"]?.ints,
      let convolutions = stage["num_blocks_decoder"]?.ints, strides.count >= 2,
      kernels.count == strides.count, blocks.count == strides.count,
      convolutions.count == strides.count - 1
    else { throw failure("the stages of the network are incomplete") }
    let features = try features(strides.count, most: 320)
    let deepest = strides.count - 1
    let stages = strides.indices.map { stage in
      Architecture.Stage(
        features: features[stage], kernel: kernels[stage], stride: strides[stage],
        blocks: blocks[stage])
    }
    let decoder = (0..<deepest).map { level in
      Architecture.DecoderStage(
        features: features[deepest - 1 - level], upsampling: strides[deepest - level],
        kernel: kernels[deepest - 1 - level], convolutions: convolutions[level],
        upsamplingBias: false)
    }
    return Architecture(
      encoder: .residualStridedSkip, inputChannels: inputs, outputChannels: outputs,
      stages: stages, decoder: decoder,
      stem: Architecture.Stage(
        features: features[0], kernel: [3, 3, 3], stride: [1, 1, 1], blocks: 1),
      convolutionBias: false, norm: norm, slope: 0.01, headBias: true)
  }
}
