/// What nnU-Net's networks call the tensors of `Architecture.parameters`.
struct ParameterNames {
  let generation: ModelDescription.Generation
  let architecture: Architecture

  /// The checkpoint's name of one of our parameters.
  func published(_ name: String) -> String {
    let parts = name.split(separator: ".").map(String.init)
    switch (generation, architecture.encoder) {
    case (.v2, _): return v2(parts)
    case (.v1, .plain): return genericUNet(parts)
    case (.v1, _): return fabiansUNet(parts)
    }
  }

  /// PlainConvUNet and ResidualEncoderUNet of dynamic_network_architectures.
  private func v2(_ parts: [String]) -> String {
    let leaf = parts.last ?? ""
    switch parts[0] {
    case "stem": return "encoder.stem.convs.0.\(parts[1]).\(leaf)"
    case "head": return "decoder.seg_layers.\(architecture.decoder.count - 1).\(leaf)"
    case "encoder" where architecture.encoder == .plain:
      return "encoder.stages.\(parts[1]).0.convs.\(parts[2]).\(parts[3]).\(leaf)"
    case "encoder" where parts[3] == "skip":
      // A pooling comes first when the stage is strided, and has no weights.
      let stage = architecture.stages[Int(parts[1]) ?? 0]
      let position = stage.stride == [1, 1, 1] ? 0 : 1
      return "encoder.stages.\(parts[1]).blocks.\(parts[2]).skip.\(position).\(parts[4]).\(leaf)"
    case "encoder":
      let unit = "conv\(parts[3].suffix(1))"
      let block = "encoder.stages.\(parts[1]).blocks.\(parts[2])"
      return "\(block).\(unit).\(parts[3].dropLast()).\(leaf)"
    default:
      return parts[2] == "up"
        ? "decoder.transpconvs.\(parts[1]).\(leaf)"
        : "decoder.stages.\(parts[1]).convs.\(parts[2]).\(parts[3]).\(leaf)"
    }
  }

  /// `nnunet/network_architecture/generic_UNet.py`. The last convolution of the bottleneck and of
  /// each decoder level lies in a block of its own.
  private func genericUNet(_ parts: [String]) -> String {
    let leaf = parts.last ?? ""
    func unit(_ kind: String) -> String { kind == "norm" ? "instnorm" : kind }
    func split(_ block: Int, of blocks: Int) -> String {
      block == blocks - 1 ? "1.blocks.0" : "0.blocks.\(block)"
    }
    switch parts[0] {
    case "head": return "seg_outputs.\(architecture.decoder.count - 1).\(leaf)"
    case "encoder":
      let stage = Int(parts[1]) ?? 0
      let place =
        stage == architecture.stages.count - 1
        ? split(Int(parts[2]) ?? 0, of: architecture.stages[stage].blocks)
        : "blocks.\(parts[2])"
      return "conv_blocks_context.\(stage).\(place).\(unit(parts[3])).\(leaf)"
    default:
      guard parts[2] != "up" else { return "tu.\(parts[1]).\(leaf)" }
      let stage = Int(parts[1]) ?? 0
      let place = split(Int(parts[2]) ?? 0, of: architecture.decoder[stage].convolutions)
      return "conv_blocks_localization.\(stage).\(place).\(unit(parts[3])).\(leaf)"
    }
  }

  /// `nnunet/network_architecture/generic_modular_residual_UNet.py`.
  private func fabiansUNet(_ parts: [String]) -> String {
    let leaf = parts.last ?? ""
    switch parts[0] {
    case "stem": return "encoder.initial_\(parts[1]).\(leaf)"
    case "head": return "decoder.segmentation_output.\(leaf)"
    case "encoder":
      let block = "encoder.stages.\(parts[1]).convs.\(parts[2])"
      guard parts[3] == "skip" else { return "\(block).\(parts[3]).\(leaf)" }
      return "\(block).downsample_skip.\(parts[4] == "conv" ? 0 : 1).\(leaf)"
    default:
      return parts[2] == "up"
        ? "decoder.tus.\(parts[1]).\(leaf)"
        : "decoder.stages.\(parts[1]).convs.\(parts[2]).\(parts[3]).\(leaf)"
    }
  }

  /// Whether a tensor of the checkpoint takes no part in prediction: counters of batch norms and the
  /// outputs of deep supervision.
  func isUnused(_ name: String) -> Bool {
    if name.hasSuffix(".num_batches_tracked") { return true }
    let last = architecture.decoder.count - 1
    func isLower(_ prefix: String) -> Bool {
      guard name.hasPrefix(prefix),
        let index = Int(name.dropFirst(prefix.count).prefix { $0 != "." })
      else { return false }
      return index < last
    }
    switch (generation, architecture.encoder) {
    case (.v2, _): return isLower("decoder.seg_layers.")
    case (.v1, .plain): return isLower("seg_outputs.")
    case (.v1, _): return name.hasPrefix("decoder.deep_supervision_outputs.")
    }
  }

  /// The name under which the checkpoint holds the same tensor once more; `nil` when `name` is not
  /// one of the duplicates that nnU-Net's modules make.
  func original(of name: String) -> String? {
    var original = name
    if generation == .v2, original.hasPrefix("decoder.encoder.") {
      original.removeFirst("decoder.".count)
    }
    var parts = original.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    if let index = parts.firstIndex(of: generation == .v2 ? "all_modules" : "all"),
      index + 2 < parts.count
    {
      parts.replaceSubrange(index...index + 1, with: [parts[index + 1] == "0" ? "conv" : "norm"])
    }
    original = parts.joined(separator: ".")
    return original == name ? nil : original
  }
}
