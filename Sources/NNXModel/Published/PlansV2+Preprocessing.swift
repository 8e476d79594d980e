import NNXSystem

extension PlansV2 {
  func preprocessing(
    _ own: PlansFields, _ slicewise: Bool, _ channels: Int, _ folder: String
  ) throws(NNXError) -> PreprocessingSettings {
    let spacing = try own.doubles("spacing")
    guard spacing.count == (slicewise ? 2 : 3), spacing.allSatisfy({ $0 > 0 }) else {
      throw own.failure("'spacing' is \(spacing)")
    }
    return PreprocessingSettings(
      transposeForward: try fields.ints("transpose_forward"),
      transposeBackward: try fields.ints("transpose_backward"),
      spacing: (slicewise ? [nil] : []) + spacing,
      normalization: try normalization(own, channels, folder),
      resampling: try resampling(own, "data", folder),
      segmentationResampling: try resampling(own, "seg", folder),
      replacesNaN: false)
  }

  /// Classes of `nnunetv2/preprocessing/normalization/default_normalization_schemes.py`.
  private func normalization(
    _ own: PlansFields, _ channels: Int, _ folder: String
  ) throws(NNXError) -> [Normalization] {
    let schemes = try own.strings("normalization_schemes")
    let masks = try own.bools("use_mask_for_norm")
    guard schemes.count >= channels, masks.count >= channels else {
      throw own.failure("\(schemes.count) normalisations for \(channels) channels")
    }
    var list: [Normalization] = []
    for (channel, scheme) in schemes.prefix(channels).enumerated() {
      switch scheme {
      case "CTNormalization":
        list.append(.ct(try intensities(channel), useMask: false))
      case "ZScoreNormalization": list.append(.zScore(useMask: masks[channel]))
      case "NoNormalization": list.append(.none)
      case "RescaleTo01Normalization": list.append(.rescaleTo01)
      case "RGBTo01Normalization": list.append(.rgbTo01)
      default: throw .unsupported(scheme, from: folder)
      }
    }
    return list
  }

  private func intensities(_ channel: Int) throws(NNXError) -> Normalization.Intensities {
    let key =
      fields.optional("foreground_intensity_properties_per_channel") == nil
      ? "foreground_intensity_properties_by_modality"
      : "foreground_intensity_properties_per_channel"
    let values = try fields.object(key).object(String(channel))
    return Normalization.Intensities(
      mean: try values.double("mean"), deviation: try values.double("std"),
      percentile00_5: try values.double("percentile_00_5"),
      percentile99_5: try values.double("percentile_99_5"))
  }

  /// `resampling_fn_data`, `resampling_fn_seg` or `resampling_fn_probabilities` with its arguments;
  /// absent arguments have the defaults of the functions in `nnunetv2/preprocessing/resampling`.
  func resampling(
    _ own: PlansFields, _ what: String, _ folder: String
  ) throws(NNXError) -> Resampling {
    let name = try own.string("resampling_fn_\(what)")
    let key = "resampling_fn_\(what)_kwargs"
    let arguments =
      own.optional(key) == nil
      ? PlansFields(.object([]), source: own.source) : try own.object(key)
    if let threshold = try arguments.optionalDouble("separate_z_anisotropy_threshold"),
      threshold != 3
    {
      throw .unsupported("separate_z_anisotropy_threshold=\(threshold)", from: folder)
    }
    // `null` means: decide by the spacings. An absent argument is not the same as `null`.
    let force = try arguments.optionalBool("force_separate_z")
    switch name {
    case "resample_data_or_seg_to_shape":
      let order = try arguments.optionalInt("order") ?? 3
      let orderZ = try arguments.optionalInt("order_z") ?? 0
      let orders = what == "seg" ? [0, 1] : [0, 1, 3]
      guard orders.contains(order), orders.contains(orderZ) else {
        throw .unsupported("\(name) of order \(order), \(orderZ)", from: folder)
      }
      return Resampling(
        function: .spline, order: order, orderZ: orderZ,
        forceSeparateZ: arguments.json["force_separate_z"] == nil ? false : force)
    case "resample_torch_fornnunet", "resample_torch_simple":
      let mode = try arguments.optionalString("mode") ?? "linear"
      let modeZ = try arguments.optionalString("aniso_axis_mode") ?? "nearest-exact"
      guard mode == "linear", modeZ == "nearest-exact" else {
        throw .unsupported("\(name) with \(mode), \(modeZ)", from: folder)
      }
      return Resampling(
        function: name == "resample_torch_simple" ? .torchSimple : .torch, order: 1, orderZ: 0,
        forceSeparateZ: force,
        isMemoryEfficient: try arguments.optionalBool("memefficient_seg_resampling") ?? false)
    case "no_resampling_data_or_seg_to_shape", "no_resampling_hack":
      return Resampling(function: .identity, order: 0)
    default: throw .unsupported(name, from: folder)
    }
  }
}
