import NNXModel

@testable import NNXPredict

/// What a case shows, in the words of a person who looks for a feature.
enum ParityFeatures {
  static func of(_ reference: ReferenceCase, _ properties: CaseProperties) -> [String] {
    let model = reference.model
    var found = [
      network(model), "configuration \(model.configuration)",
      "resampling of images: " + name(model.preprocessing.resampling),
      "resampling of scores: " + name(model.exportResampling),
      model.mirrorAxes.isEmpty || !reference.mirroring
        ? "no mirroring" : "mirroring along \(model.mirrorAxes.count) axes",
    ]
    found += model.preprocessing.normalization.map { "normalisation: " + name($0) }
    if model.previousStage != nil {
      found.append(
        "resampling of previous labels: " + name(model.preprocessing.segmentationResampling))
    }
    if separates(properties) { found.append("separate axis for coarse slices") }
    let isTransposed = model.preprocessing.transposeForward != [0, 1, 2]
    if isTransposed { found.append("transposed axes") }
    if model.labels.hasRegions { found.append("regions") }
    if model.labels.ignore != nil { found.append("ignore label") }
    if model.labels.heads > 255 { found.append("labels above 255 (uint16)") }
    if hasGaps(model.labels) { found.append("labels with gaps") }
    if reference.folds.count > 1 { found.append("several folds") }
    if reference.folds.contains(where: { $0.name == "all" }) { found.append("fold all") }
    if reference.tileStep != 0.5 { found.append("tile step \(reference.tileStep)") }
    if properties.box.shape != properties.shape { found.append("cropping to nonzero") }
    if zip(properties.resampledShape, model.patch).contains(where: { $0 < $1 }) {
      found.append("images smaller than the patch")
    }
    if reference.reader?.rawValue.hasSuffix("WithReorient") == true {
      found.append("axes turned by the reader (\(model.imageReader ?? ""))")
    }
    if properties.shape.contains(1) { found.append("an image of one slice") }
    if !model.postprocessing.isEmpty { found.append("post-processing of v1") }
    return Array(Set(found))
  }

  private static func network(_ model: ModelDescription) -> String {
    let architecture = model.architecture
    var name =
      switch (model.generation, architecture.encoder) {
      case (.v1, .plain): "Generic_UNet (v1)"
      case (.v1, _): "FabiansUNet (v1)"
      case (.v2, .plain): "PlainConvUNet (v2)"
      case (.v2, _): "ResidualEncoderUNet (v2)"
      }
    if case .batch = architecture.norm { name += ", BatchNorm" }
    if architecture.slope == 0 { name += ", ReLU" }
    if let layer = architecture.unblockedLayer { name += ", \(layer)" }
    if architecture.activationFirst { name += ", activation before norm" }
    return name
  }

  private static func name(_ resampling: Resampling) -> String {
    switch resampling.function {
    case .spline: "order \(resampling.order)"
    case .torch: resampling.isMemoryEfficient ? "torch, memory-efficient" : "torch"
    case .torchSimple: "torch, simple"
    case .identity: "none"
    }
  }

  private static func name(_ scheme: Normalization) -> String {
    let mask = scheme.usesMask ? " inside the nonzero mask" : ""
    return switch scheme {
    case .ct: "CT" + mask
    case .ct2: "CT2 (v1)" + mask
    case .zScore: "z-score" + mask
    case .none: "none"
    case .rescaleTo01: "rescale to 0…1"
    case .rgbTo01: "RGB to 0…1"
    }
  }

  private static func separates(_ properties: CaseProperties) -> Bool {
    [properties.modelSpacing, properties.targetSpacing].contains { spacing in
      (spacing.max() ?? 1) / (spacing.min() ?? 1) > 3
    }
  }

  private static func hasGaps(_ labels: Labels) -> Bool {
    labels.foreground != Array(1...max(labels.foreground.count, 1))
  }
}
