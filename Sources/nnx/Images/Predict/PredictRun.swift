import ArgumentParser
import NNXPredict
import NNXSystem

/// Predicts the cases of `nnx predict`, and tells people and programs about them.
///
/// What an earlier run did, and the same, is done. One case that fails stops no other.
final class PredictRun {
  private let context: Context
  private let ready: Prediction
  private let targets: OutputPaths
  private let budget: MemoryBudget
  private let failFast: Bool
  /// Records of the cases of a folder.
  private let done: DoneCases?
  /// Cases that a glance at their files shows to be done.
  private let unchanged: Set<Int>
  private var chosen: Execution?

  private var cases: [Case] { ready.cases }
  private var predictor: Predictor { ready.predictor }
  private var warnings: [Output.Warning] {
    ready.remarks.map { .init(code: "names", message: $0) }
  }

  init(
    _ ready: Prediction, _ targets: OutputPaths, budget: MemoryBudget, failFast: Bool,
    _ context: Context
  ) {
    self.ready = ready
    self.targets = targets
    self.budget = budget
    self.failFast = failFast
    self.context = context
    let done = targets.folder.map { DoneCases(CohortPlaces(results: $0), ready.predictor) }
    self.done = done
    unchanged = Set(
      ready.cases.indices.filter {
        !ready.predictor.replaces
          && done?.unchanged(ready.cases[$0], to: targets.segmentations[$0]) != nil
      })
  }

  /// - Parameter table: of the numbers of all cases; `nil` for none.
  /// - Throws: the error of a single case; `cases-failed` when some of several failed.
  func run(_ table: CohortTable?) throws {
    if cases.count == 1 { return try runOne(table) }
    let summary = CohortSummary(
      cases.count, folder: targets.folder ?? parentFolder(targets.segmentations[0]))
    let isQuiet = context.output.isQuiet || context.output.isJSON
    Interruption.beforeEnd {
      summary.interrupt { if !isQuiet { writeToStderr($0 + "\n") } }
    }
    let stopped = try runAll(summary)
    summary.end()
    try table?.write(summary.outcomes)
    try close(summary, stopped, table)
  }

  // MARK: - One case

  private func runOne(_ table: CohortTable?) throws {
    let outcome = try self.outcome(0, context.progressBar.handler)
    context.progressBar.finish()
    let view = ResultView(context: context)
    switch outcome {
    case .failed(let error): throw error
    case .made(let result): view.show(result)
    case .kept(let finished): view.show(finished)
    case .unchanged:
      // One case has room for its volumes.
      if let finished = try predictor.finished(cases[0], to: targets.segmentations[0]) {
        view.show(finished)
      }
    }
    let summary = CohortSummary(1, folder: "")
    summary.add(cases[0].name, outcome)
    summary.end()
    try table?.write(summary.outcomes)
    context.output.json("predict", summary.json, warnings: warnings)
  }

  // MARK: - Several cases

  /// - Returns: the error that stopped it before its end.
  private func runAll(_ summary: CohortSummary) throws -> NNXError? {
    let progress = context.progressBar
    let patches = cases.indices.map { index in
      cases[index].problem != nil || !progress.isDrawn || unchanged.contains(index)
        ? 0 : ready.forecast.patches(cases[index])
    }
    let bar = CohortBar(progress, patches: patches)
    let view = CaseLines(context: context, cases)
    for (index, item) in cases.enumerated() {
      bar.begin(index, item.name)
      let outcome = try self.outcome(index, progress.isDrawn ? bar.handler : progress.handler)
      if case .made = outcome { bar.end(isComputed: true) } else { bar.end(isComputed: false) }
      summary.add(item.name, outcome) { view.show(index, outcome) }
      if failFast, let error = outcome.error { return error }
    }
    return nil
  }

  private func close(
    _ summary: CohortSummary, _ stopped: NNXError?, _ table: CohortTable?
  ) throws {
    let output = context.output
    for note in summary.notes { output.note("note: \(note)") }
    if let table, Folder.kind(table.path) != nil {
      output.note("Numbers of all cases: \(table.path)")
    }
    output.note(summary.line)
    guard let error = stopped ?? summary.error else {
      return output.json("predict", summary.json, warnings: warnings)
    }
    guard output.isJSON else { throw error }
    output.failure("predict", error, summary.json)
    throw ExitCode(error.code.status.rawValue)
  }

  // MARK: - A case

  /// - Throws: what stands in the way of all cases.
  private func outcome(
    _ index: Int, _ progress: @escaping ProgressHandler
  ) throws -> CaseOutcome {
    let (item, target) = (cases[index], targets.segmentations[index])
    if unchanged.contains(index) { return .unchanged(predictor.files(of: item, to: target)) }
    let inputs = done?.stamps(item)
    do {
      if let finished = try predictor.finished(item, to: target) {
        try predictor.complete(finished, item)
        if !finished.isCorrected { try? note(index, inputs) }
        return .kept(finished)
      }
      if let problem = item.problem { throw problem }
    } catch let error as NNXError { return .failed(error) }
    let execution = try execution(from: index)
    do {
      let result = try predictor.predict(
        item, to: target, execution, command: CommandLine.arguments, progress: progress)
      try? note(index, inputs, seconds: result.seconds)
      return .made(result)
    } catch let error as NNXError {
      // Another run may have done the same meanwhile.
      if error.code == .outputExists, let finished = try? predictor.finished(item, to: target) {
        return .kept(finished)
      }
      return .failed(error)
    }
  }

  /// Records that a case of a folder is done. Where that cannot be, the next run looks into the files.
  private func note(
    _ index: Int, _ inputs: [StampedFile]?, seconds: Double = 0
  ) throws(NNXError) {
    let target = targets.segmentations[index]
    guard let done,
      let record = done.record(cases[index], to: target, inputs: inputs, seconds: seconds)
    else { return }
    let key = CaseKey(result: done.places.relative(target))
    try done.places.publish(record, key, replaces: true)
  }

  /// How networks run: chosen when the first case is computed, for those only need it who compute.
  private func execution(from index: Int) throws -> Execution {
    if let chosen { return chosen }
    let execution = try ready.forecast.execution(
      for: cases.indices[index...].filter { !unchanged.contains($0) }.map { cases[$0] }
        .filter { $0.problem == nil }, within: budget,
      kernels: context.kernelChecks(), note: context.output.note)
    chosen = execution
    return execution
  }
}
