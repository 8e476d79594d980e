import ArgumentParser
import NNXPredict
import NNXSystem

/// Runs the cases of `nnx predict` and tells people and programs about them.
struct PredictReport {
  let context: Context
  let model: String
  let predictor: Predictor

  /// What is about to happen, in a few lines.
  ///
  /// - Parameters:
  ///   - remarks: on how names were read.
  ///   - requirements: what the published result needs besides.
  func begin(_ cases: [Case], remarks: [String], requirements: [String]) {
    let folds = predictor.folds.map(\.name).joined(separator: " ")
    let patch = predictor.model.patch.map(String.init).joined(separator: " x ")
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
      let count = predictor.rules.count == 1 ? "1 rule" : "\(predictor.rules.count) rules"
      context.output.note("  post-processing: \(count) of the model (off: --no-postprocess)")
    }
  }

  /// Predicts case after case; one that fails does not stop the others.
  ///
  /// - Throws: the error of a single case; `cases-failed` when some of several failed.
  func run(_ cases: [Case], _ targets: OutputPaths, command: [String], failFast: Bool) throws {
    var outcomes: [(Case, Result<Predictor.Result, NNXError>)] = []
    for (index, item) in cases.enumerated() {
      if cases.count > 1 { context.output.note("\(index + 1)/\(cases.count) \(item.name)") }
      do {
        let result = try predictor.predict(
          item, to: targets.segmentations[index], command: command,
          progress: context.progressBar.handler)
        context.progressBar.finish()
        for warning in result.warnings { context.output.note("note: \(warning)") }
        for path in [result.files[.stats], result.files[.preview]].compactMap(\.self) {
          context.output.note("Wrote \(path)")
        }
        outcomes.append((item, .success(result)))
        if cases.count > 1 { show(result) }
      } catch let error as NNXError {
        context.progressBar.finish()
        if cases.count == 1 || failFast { throw error }
        writeToStderr(ErrorText.lines(error).map { $0 + "\n" }.joined())
        outcomes.append((item, .failure(error)))
      }
    }
    if cases.count == 1, case .success(let result) = outcomes[0].1 { show(result) }
    let failed = outcomes.filter { if case .failure = $0.1 { true } else { false } }
    context.output.json("predict", json(outcomes))
    guard failed.isEmpty else {
      if !context.output.isJSON {
        throw NNXError(
          .casesFailed, "\(failed.count) of \(cases.count) cases failed",
          details: failed.map { $0.0.name },
          fixes: ["The others are done; run the same command to try the failed ones again"])
      }
      throw ExitCode(NNXError.ExitStatus.negative.rawValue)
    }
  }

  /// Volumes and what was written.
  private func show(_ result: Predictor.Result) {
    guard !context.output.isQuiet else { return context.output.text(result.segmentation) }
    var table = Table([("LABEL", .left), ("VALUE", .right), ("VOLUME", .right), ("VOXELS", .right)])
    for label in result.labels {
      table.add([
        label.name, "\(label.value)", Quantity.fixed(label.volume, 1) + " ml", "\(label.voxels)",
      ])
    }
    context.output.text([""] + table.lines + [""])
    for label in result.labels where !label.touches.isEmpty {
      context.output.note(
        "note: \(label.name) reaches the \(label.touches.joined(separator: ", ")) edge of the image;"
          + " its volume is a lower bound")
    }
    if let uncertainty = result.uncertainty {
      let numbers = result.labels.map { label in
        "\(label.name) " + (label.agreement.map { Quantity.fixed($0, 3) } ?? "-")
      }
      context.output.note(
        "agreement of the folds (mean pairwise Dice): " + numbers.joined(separator: ", "))
      context.output.note("Wrote \(uncertainty)")
    }
    context.output.note(
      "Wrote \(result.segmentation), \(result.record)   (\(Quantity.duration(result.seconds)))")
    context.output.text(result.segmentation)
  }

  private func json(_ outcomes: [(Case, Result<Predictor.Result, NNXError>)]) -> OrderedJSON {
    var done = 0
    let cases: [OrderedJSON] = outcomes.map { item, outcome in
      switch outcome {
      case .success(let result):
        done += 1
        return [
          "case": .string(item.name), "status": "done", "output": .string(result.segmentation),
          "record": .string(result.record), "seconds": .double(result.seconds),
          "uncertainty": OrderedJSON(result.uncertainty),
          "labels": .array(result.labels.map(\.json)), "error": nil,
        ]
      case .failure(let error):
        return [
          "case": .string(item.name), "status": "failed", "output": nil,
          "error": ["code": .string(error.code.name), "message": .string(error.message)],
        ]
      }
    }
    return [
      "cases": .array(cases),
      "counts": ["done": .int(done), "failed": .int(outcomes.count - done)],
    ]
  }
}

extension NNXError.Code {
  static let casesFailed = NNXError.Code("cases-failed", .negative)
}
