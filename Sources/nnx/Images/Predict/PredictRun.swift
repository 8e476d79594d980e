import ArgumentParser
import NNXPredict
import NNXSystem

/// Predicts the cases of `nnx predict`, and tells people and programs about them.
///
/// What an earlier run did, and the same, is done. One case that fails stops no other, unless the disk is full:
/// then networks would run for results that nobody can keep.
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
  private let step: CaseStep
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
    step = CaseStep(
      done, ready.forecast, budget, command: CommandLine.arguments,
      overlaps: ready.cases.count > 1 && !failFast, isShared: false)
    unchanged =
      ready.predictor.replaces
      ? []
      : done?.unchanged(ready.cases.indices, of: ready.cases, to: targets.segmentations) ?? []
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
    var ended: CaseOutcome?
    try run(0, context.progressBar.handler) { ended = $0 }
    guard let outcome = ended else { preconditionFailure("a case without an end") }
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
    summary.add(0, cases[0].name, outcome)
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
    // Lines come in the order of the cases, whichever ends first.
    var lines: [Int: CaseOutcome] = [:]
    var next = 0
    var stopped: NNXError?
    for (index, item) in cases.enumerated() where stopped == nil {
      let handler = progress.isDrawn ? bar.handler(index) : progress.handler(of: item.name)
      let end = { [failFast] (outcome: CaseOutcome) in
        bar.end(index)
        summary.add(index, item.name, outcome)
        lines[index] = outcome
        if let error = outcome.error, failFast || error.code == .noSpace {
          stopped = stopped ?? error
        }
        while let line = lines.removeValue(forKey: next) {
          summary.tell { progress.aside { view.show(next, line) } }
          next += 1
        }
      }
      try run(index, handler, starts: { bar.begin(index, item.name) }, end: end)
    }
    try step.finish()
    progress.clear()
    return stopped
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
    guard let error = stopped.map(ended) ?? summary.error else {
      return output.json("predict", summary.json, warnings: warnings)
    }
    guard output.isJSON else { throw error }
    output.failure("predict", error, summary.json)
    throw ExitCode(error.code.status.rawValue)
  }

  /// What stopped the run, with how it goes on.
  private func ended(_ error: NNXError) -> NNXError {
    guard error.code == .noSpace else { return error }
    var error = error
    error.fixes.append("Then the same command goes on; what is done is kept")
    return error
  }

  // MARK: - A case

  /// - Parameter end: told what became of the case; of one of several perhaps during a later call.
  /// - Throws: what stands in the way of all cases.
  private func run(
    _ index: Int, _ progress: @escaping ProgressHandler, starts: () -> Void = {},
    end: @escaping (CaseOutcome) -> Void
  ) throws {
    let (item, target) = (cases[index], targets.segmentations[index])
    if unchanged.contains(index) { return end(.unchanged(predictor.files(of: item, to: target))) }
    try step.run(
      item, to: target, { .success(try execution(from: index)) }, starts: starts,
      progress: progress,
      end: { [self] ending in
        // Where nothing can be recorded, the next run looks into the files.
        try? note(index, ending)
        switch ending {
        case .made(let result, _): end(.made(result))
        case .kept(let finished, _): end(.kept(finished))
        case .failed(let error): end(.failed(error))
        }
      })
  }

  /// Records how a case of a folder ended.
  private func note(_ index: Int, _ ending: CaseStep.Ending) throws(NNXError) {
    guard let places = done?.places else { return }
    let key = CaseKey(result: places.relative(targets.segmentations[index]))
    switch ending {
    case .made(_, let record?): try places.publish(record, key, replaces: true)
    // What somebody corrected is looked into each time.
    case .kept(let finished, let record?) where !finished.isCorrected:
      try places.publish(record, key, replaces: true)
    case .failed(let error):
      if let record = FailedRecord(case: cases[index].name, error) {
        try places.note(record, key)
      }
    case .made, .kept: break
    }
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
