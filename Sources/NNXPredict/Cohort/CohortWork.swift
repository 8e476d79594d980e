import NNXImage
import NNXSystem

/// What a worker does with the cases of a cohort.
package final class CohortWork {
  package let done: DoneCases
  private let predictor: Predictor
  private let forecast: Forecast
  private let budget: MemoryBudget
  private let kernels: KernelCheckCache
  private let limits: CohortLimits
  private let cases: [Case]
  private let targets: [String]
  private let command: [String]
  private let begin: (Int) -> ProgressHandler
  private let note: (String) -> Void
  /// Of the cases that this worker made.
  package private(set) var results: [Int: Predictor.Result] = [:]

  /// - Parameters:
  ///   - targets: path of the segmentation of each case.
  ///   - note: is told what a person should know.
  ///   - begin: told that a case begins; gives what is told of its progress.
  package init(
    _ done: DoneCases, _ predictor: Predictor, _ forecast: Forecast, _ budget: MemoryBudget,
    _ kernels: KernelCheckCache, _ limits: CohortLimits, cases: [Case], targets: [String],
    command: [String], note: @escaping (String) -> Void,
    begin: @escaping (Int) -> ProgressHandler
  ) {
    (self.done, self.predictor, self.forecast, self.budget) = (done, predictor, forecast, budget)
    (self.kernels, self.limits, self.cases, self.targets) = (kernels, limits, cases, targets)
    (self.command, self.note, self.begin) = (command, note, begin)
  }

  package var work: WorkerPool.Work {
    WorkerPool.Work(
      obstacle: { [self] in limits.obstacle($0, cases[$0]) },
      look: { [self] in try look($0, $1) }, run: { [self] in try run($0, $1) })
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
    if done.isUnchanged(record, item, to: target) { return .done }
    let inputs = done.stamps(item)
    do {
      guard let finished = try predictor.finished(item, to: target) else { return .void }
      try predictor.complete(finished, item)
      if !finished.isCorrected { try renew(index, record, inputs) }
      return .done
    } catch let error as NNXError { return .refused(error) }
  }

  /// Writes anew what a record says of files, which are those that it means and have other times or places.
  private func renew(_ index: Int, _ old: DoneRecord, _ inputs: [StampedFile]?) throws(NNXError) {
    guard
      var record = done.record(
        cases[index], to: targets[index], inputs: inputs, seconds: old.seconds)
    else { return }
    (record.host, record.generation, record.token) = (old.host, old.generation, old.token)
    let key = CaseKey(result: done.places.relative(targets[index]))
    try done.places.publish(record, key, replaces: true)
  }

  private func run(_ index: Int, _ claim: HeldClaim) throws -> WorkerPool.Ending {
    let (item, target) = (cases[index], targets[index])
    let progress = begin(index)
    let inputs = done.stamps(item)
    do {
      if let problem = item.problem { throw problem }
      if let finished = try predictor.finished(item, to: target) {
        try predictor.complete(finished, item)
        return ending(index, inputs, seconds: 0)
      }
      let execution = try forecast.execution(
        for: [item], within: budget, kernels: kernels, note: note)
      let result = try predictor.predict(
        item, to: target, execution, claim: claim, command: command
      ) { event in
        claim.note(event)
        progress(event)
      }
      results[index] = result
      limits.learn(index, seconds: result.seconds)
      return ending(index, inputs, seconds: result.seconds)
    } catch let error as NNXError {
      return try ending(error, index, claim, inputs)
    } catch {
      return .attempt(NNXError(.bug, "\(error)"))
    }
  }

  private func ending(_ index: Int, _ inputs: [StampedFile]?, seconds: Double) -> WorkerPool.Ending
  {
    // Without stamps the record says at every run that the files are to be looked into.
    let record = done.record(
      cases[index], to: targets[index], inputs: inputs ?? [], seconds: seconds)
    return record.map { .done($0) } ?? .takenOver
  }

  /// What an error says of other tries.
  ///
  /// - Throws: what stands in the way of all cases.
  private func ending(
    _ error: NNXError, _ index: Int, _ claim: HeldClaim, _ inputs: [StampedFile]?
  ) throws -> WorkerPool.Ending {
    guard claim.isOwn else { return .takenOver }
    let (item, target) = (cases[index], targets[index])
    if error.code == .outputExists {
      // Another run may have done the same meanwhile.
      if let finished = try? predictor.finished(item, to: target) {
        try predictor.complete(finished, item)
        return ending(index, inputs, seconds: 0)
      }
      // Or may be about to.
      let record = predictor.files(of: item, to: target).record
      let isRun = Folder.kind(target) == nil && RecordedFiles(record)?.isOf(target) == true
      return isRun ? .attempt(error) : .refused(error)
    }
    switch error.code.status {
    case .data, .integrity, .negative, .usage: return .failed(error)
    case .memory: return .obstacle(.memory)
    // Images that were there a moment ago come back with their disk.
    case .notFound, .bug, .retry: return .attempt(error)
    case .io:
      if error.code == .noSpace { throw error }
      return .attempt(error)
    case .cannotCreate, .configuration, .unavailable, .forbidden: throw error
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
      CurrentClaim.release()
      say()
    }
  }
}
