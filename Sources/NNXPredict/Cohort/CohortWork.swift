import NNXImage
import NNXSystem

/// What a worker does with the cases of a cohort.
package final class CohortWork {
  package let done: DoneCases
  private let forecast: Forecast
  private let budget: MemoryBudget
  private let kernels: KernelCheckCache
  private let limits: CohortLimits
  private let cases: [Case]
  private let targets: [String]
  private let step: CaseStep
  private let note: (String) -> Void
  private let progress: ProgressHandler
  private var said: Set<String> = []
  /// Of the cases that this worker made.
  package private(set) var results: [Int: Predictor.Result] = [:]

  /// - Parameters:
  ///   - targets: path of the segmentation of each case.
  ///   - note: is told what a person should know.
  ///   - progress: is told of all cases.
  package init(
    _ done: DoneCases, _ forecast: Forecast, _ budget: MemoryBudget, _ kernels: KernelCheckCache,
    _ limits: CohortLimits, cases: [Case], targets: [String], command: [String],
    note: @escaping (String) -> Void, progress: @escaping ProgressHandler
  ) {
    (self.done, self.forecast, self.budget) = (done, forecast, budget)
    (self.kernels, self.limits, self.cases, self.targets) = (kernels, limits, cases, targets)
    (self.note, self.progress) = (note, progress)
    step = CaseStep(
      done, forecast, budget, command: command, overlaps: cases.count > 1, isShared: true)
  }

  package var work: WorkerPool.Work {
    WorkerPool.Work(
      obstacle: { [self] in limits.obstacle($0, cases[$0], after: step.secondsLeft) },
      unchanged: { [self] in done.unchanged($0, of: cases, to: targets) },
      look: { [self] in try look($0, $1) }, run: { [self] in try run($0, $1, $2) },
      finish: { [self] in try step.finish() })
  }

  /// The cases as a pool takes them.
  ///
  /// - Throws: `cannot-read`, `unreadable`.
  package func items() throws(NNXError) -> [WorkerPool.Item] {
    let listing = try CohortListing(done.places)
    let keys = targets.map { CaseKey(result: done.places.relative($0)) }
    let costs = limits.costs(cases) { listing.done.contains(keys[$0].text) }
    return cases.indices.map { index in
      WorkerPool.Item(
        name: cases[index].name, key: keys[index], cost: costs[index],
        folder: parentFolder(targets[index]))
    }
  }

  private func look(_ index: Int, _ record: DoneRecord) throws -> WorkerPool.Finding {
    let (item, target) = (cases[index], targets[index])
    switch step.look(item, to: target, done.stamps(item)) {
    case .kept(let finished, let renewed):
      if !finished.isCorrected { try renew(index, record, renewed) }
      return .done
    case .failed(let error): return .refused(error)
    case .made, nil: return .void
    }
  }

  /// Writes anew what a record says of files, which are those that it means and have other times or places.
  private func renew(_ index: Int, _ old: DoneRecord, _ record: DoneRecord?) throws(NNXError) {
    guard var record, !record.inputs.isEmpty else { return }
    (record.host, record.generation, record.token) = (old.host, old.generation, old.token)
    record.seconds = old.seconds
    let key = CaseKey(result: done.places.relative(targets[index]))
    try done.places.publish(record, key, replaces: true)
  }

  /// What holds for many cases is said once.
  private func say(_ text: String) { if said.insert(text).inserted { note(text) } }

  private func run(
    _ index: Int, _ claim: HeldClaim, _ end: @escaping WorkerPool.Work.End
  ) throws {
    try step.run(
      cases[index], to: targets[index], claim: claim,
      {
        Result { () throws(NNXError) in
          try forecast.execution(
            for: [cases[index]], within: budget, kernels: kernels, note: say)
        }
      }, progress: progress,
      end: { [self] in try end(try ending($0, index, claim)) })
  }

  private func ending(
    _ ending: CaseStep.Ending, _ index: Int, _ claim: HeldClaim
  ) throws -> WorkerPool.Ending {
    switch ending {
    case .made(let result, let record):
      results[index] = result
      limits.learn(index, seconds: result.seconds)
      return record.map { .done($0) } ?? .takenOver
    case .kept(_, let record): return record.map { .done($0) } ?? .takenOver
    case .failed(let error): return try failure(error, index, claim)
    }
  }

  /// What an error says of other tries.
  ///
  /// - Throws: what stands in the way of all cases.
  private func failure(
    _ error: NNXError, _ index: Int, _ claim: HeldClaim
  ) throws -> WorkerPool.Ending {
    guard claim.isOwn else { return .takenOver }
    switch FailureKind(error) {
    case .input: return .failed(error)
    case .memory: return .obstacle(.memory)
    case .attempt: return .attempt(error)
    case .refused:
      // Another run may be about to do the same.
      let target = targets[index]
      let record = done.record(of: cases[index], to: target)
      let isRun = Folder.kind(target) == nil && RecordedFiles(record)?.isOf(target) == true
      return isRun ? .attempt(error) : .refused(error)
    case .all: throw error
    }
  }
}

extension WorkerPool {
  /// From here on a signal gives the case under way back and ends the process with `CohortExit.again`.
  ///
  /// - Parameter say: last words.
  package static func endOnSignals(_ say: @escaping @Sendable () -> Void) {
    Interruption.end(with: .retry)
    Interruption.beforeEnd {
      CurrentClaims.release()
      say()
    }
  }
}
