import NNXSystem

/// What the class name of a v1 trainer says about prediction: the parts of the network and of its
/// use that neither plans nor weights show (`nnunet/training/network_training`).
struct TrainerV1 {
  let name: String
  private let parts: Set<String>

  init(_ name: String) {
    self.name = name
    parts = Set(name.split(separator: "_").map(String.init))
  }

  private func has(_ names: String...) -> Bool { !parts.isDisjoint(with: names) }

  /// The second network of a cascade, which gets the labels of the first as input.
  var isCascade: Bool { name.contains("CascadeFullRes") }

  /// Trained without mirrored images, so that predicting with them is no use.
  var mirrors: Bool { !has("noMirroring", "noDataAugmentation") }

  /// All kernels have extent 3, whatever the plans say.
  var hasCubicKernels: Bool { has("allConv3x3") }

  /// Features of the first stage, where the trainer overrules the plans.
  var baseFeatures: Int? { has("3ConvPerStage") ? 24 : nil }

  /// Negative slope of the activation; 0 is ReLU.
  var slope: Double {
    if has("ReLU") { return 0 }
    return has("LReLU") && has("2en1") ? 0.2 : 0.01
  }

  /// The activation comes before the norm.
  var activationFirst: Bool { has("convReLUIN", "convlReLUIN") }

  /// What follows a norm.
  var activation: Architecture.Activation {
    if has("GeLU") { return .gelu }
    if has("Mish") { return .mish }
    return has("FRN") ? .identity : .leakyReLU
  }

  /// The norm, where neither plans nor weights show it; `nil`: instance norm or batch norm.
  var norm: Architecture.Norm? {
    if has("GN") { return .group(epsilon: 1e-5, groups: 8) }
    if has("FRN") { return .filterResponse(epsilon: 1e-6) }
    return has("NoNormalization") ? Architecture.Norm.none : nil
  }

  /// The regions that the network was trained for, and the value written for each; `nil` for labels.
  ///
  /// `get_brats_regions` of nnunet/evaluation/region_based_evaluation.py.
  ///
  /// - Throws: `unsupported-network` for a trainer whose regions are unknown.
  func regions(_ dataset: String) throws(NNXError) -> (entries: [Labels.Entry], order: [Int])? {
    guard name.contains("Regions") else { return nil }
    // This one has the name alone: it ends in a softmax.
    if name == "nnUNetTrainerV2BraTSRegions_BN" { return nil }
    guard name.hasPrefix("nnUNetTrainerV2BraTSRegions") else {
      throw .unsupported(name, from: dataset, details: ["Its regions are known to its class alone"])
    }
    return (
      [
        Labels.Entry(name: "background", values: [0]),
        Labels.Entry(name: "whole tumor", values: [1, 2, 3]),
        Labels.Entry(name: "tumor core", values: [2, 3]),
        Labels.Entry(name: "enhancing tumor", values: [3]),
      ], [1, 2, 3]
    )
  }
}
