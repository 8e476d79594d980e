import NNXModel
import NNXPredict
import NNXSystem

/// What `nnx predict` says before it begins.
struct PredictOpening {
  let context: Context
  let model: String
  let predictor: Predictor

  /// What is about to happen, in a few lines.
  ///
  /// - Parameters:
  ///   - remarks: on how names were read.
  ///   - requirements: what the published result needs besides.
  func show(_ cases: [Case], remarks: [String], requirements: [String]) {
    let folds = predictor.folds.map(\.name).joined(separator: " ")
    let patch = Quantity.along(predictor.model.patch)
    let what = cases.count == 1 ? cases[0].images.joined(separator: ", ") : "\(cases.count) cases"
    context.output.note("\(model) on \(what)")
    for remark in remarks.prefix(4) { context.output.note("note: \(remark)") }
    if remarks.count > 4 { context.output.note("note: ... and \(remarks.count - 4) more names") }
    context.output.note(
      predictor.configurations.count == 1
        ? "  \(predictor.model.configuration), fold \(folds), patches of \(patch) voxels"
        : predictor.recipe == nil
          ? "  mean of " + predictor.configurations.joined(separator: " and ")
          : "  \(predictor.configurations.count) networks")
    if let recipe = predictor.recipe {
      let steps = recipe.steps.map(\.name).joined(separator: " > ")
      context.output.note("  recipe of \(recipe.statedBy): \(steps) (off: --raw-labels)")
      for requirement in requirements { context.output.note("  needs \(requirement)") }
    }
    if let previous = predictor.model.previousStage {
      context.output.note("  after \(previous), the cascade's first stage")
    }
    if let layer = predictor.model.architecture.unblockedLayer {
      context.output.note(
        "  \(layer): the fast kernels lack it, so the plain engine runs; expect it to be slow")
    }
    if !predictor.rules.isEmpty {
      let count = counted(predictor.rules.count, "rule")
      context.output.note("  post-processing: \(count) of the model (off: --no-postprocess)")
    }
  }
}
