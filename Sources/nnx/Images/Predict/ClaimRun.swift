import ArgumentParser
import NNXPredict
import NNXSystem

/// One worker of `nnx predict --claim`.
struct ClaimRun {
  private let context: Context
  private let ready: Prediction
  private let targets: OutputPaths
  private let budget: MemoryBudget
  private let options: ClaimOptions

  init(
    _ context: Context, _ ready: Prediction, _ targets: OutputPaths, _ budget: MemoryBudget,
    _ options: ClaimOptions
  ) {
    (self.context, self.ready, self.targets) = (context, ready, targets)
    (self.budget, self.options) = (budget, options)
  }

  /// - Throws: `cases-failed`, `cases-left`; what stands in the way of all cases.
  func run() throws {
    let folder = targets.folder ?? "."
    let places = CohortPlaces(results: folder)
    let identity = WorkerIdentity.own(context.environment)
    let board = ClaimBoard(
      places, identity, options.stale.map { ClaimTimes(stale: $0) } ?? ClaimTimes())
    let progress = context.progressBar
    let work = CohortWork(
      DoneCases(places, ready.predictor), ready.forecast, budget, try context.kernelChecks(),
      CohortLimits(ready.forecast, budget, deadline: try options.deadline(context)),
      cases: ready.cases, targets: targets.segmentations, command: CommandLine.arguments,
      note: context.output.note
    ) { event in
      // One bar has no room for the case that is read beside the one that it tells of.
      if !progress.isDrawn || event.stage == .predict { progress.handler(event) }
    }
    let summary = ClaimSummary(ready.cases.map(\.name), folder: folder)
    let isQuiet = context.output.isQuiet || context.output.isJSON
    WorkerPool.endOnSignals { if !isQuiet { writeToStderr(summary.interrupted + "\n") } }
    let lines = CaseLines(context: context, ready.cases)
    let pool = WorkerPool(board, try work.items(), work.work, options.pool(identity)) {
      index, event in
      guard let outcome = summary.add(index, event, work.results[index]) else { return }
      progress.aside { lines.show(index, outcome) }
    }
    let end = try pool.run()
    progress.finish()
    context.output.note(summary.line(end))
    guard let error = summary.error(end) else {
      return context.output.json(
        "predict", summary.json(end),
        warnings: ready.remarks.map { .init(code: "names", message: $0) })
    }
    guard context.output.isJSON else { throw error }
    context.output.failure("predict", error, summary.json(end))
    throw ExitCode(error.code.status.rawValue)
  }
}
