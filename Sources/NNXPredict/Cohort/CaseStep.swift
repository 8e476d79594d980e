import NNXImage
import NNXSystem

/// What is done with a case of several, whoever goes through them: what is done already is completed and kept, the rest
/// is predicted, and a record says so.
package final class CaseStep {
  /// How a case ended.
  package enum Ending {
    /// With what is to be recorded of it; `nil` where nothing is, because no folder has records.
    case made(Predictor.Result, DoneRecord?)
    /// Done by an earlier run, or another one meanwhile.
    case kept(FinishedCase, DoneRecord?)
    case failed(NNXError)
  }

  private let done: DoneCases?
  private let predictor: Predictor
  private let forecast: Forecast
  private let command: [String]
  private let isShared: Bool
  private let line: CasePipeline

  /// - Parameters:
  ///   - done: the records; `nil`: none are kept.
  ///   - overlaps: whether a case may begin before the one before it has ended.
  ///   - isShared: whether others take cases, too: then none begins much before its turn.
  package init(
    _ done: DoneCases?, _ forecast: Forecast, _ budget: MemoryBudget, command: [String],
    overlaps: Bool, isShared: Bool
  ) {
    (self.done, self.forecast, self.command) = (done, forecast, command)
    self.isShared = isShared
    predictor = forecast.predictor
    line = CasePipeline(overlaps: overlaps, lead: isShared ? .late : .early, budget)
  }

  /// Seconds until the networks are free.
  var secondsLeft: Double { line.secondsLeft }

  /// Does a case, or begins it: its end may come during a later call.
  ///
  /// - Parameters:
  ///   - claim: by which the case is worked on, where others may take it. One that somebody died over is worked on
  ///     alone, so that it takes no other case with it.
  ///   - execution: how networks run; asked when there is something to compute.
  ///   - starts: called when networks begin to run for it.
  ///   - end: told how the case ended, once.
  /// - Throws: what `execution` and `end` throw.
  package func run(
    _ item: Case, to target: String, claim: HeldClaim? = nil,
    _ execution: () throws -> Result<Execution, NNXError>, starts: () -> Void = {},
    progress: @escaping ProgressHandler, end: @escaping (Ending) throws -> Void
  ) throws {
    let isAlone = claim?.isRetry == true
    if isAlone { try line.finish() }
    let inputs = done?.stamps(item)
    if let ending = look(item, to: target, inputs) { return try end(ending) }
    let chosen: Execution
    switch try execution() {
    case .success(let value): chosen = value
    case .failure(let error): return try end(.failed(error))
    }
    let need = isAlone ? nil : forecast.need(item, chosen)
    let job = NetworkJob(need)
    let abreast = isShared ? 1 : chosen.abreast
    let begun = try line.begin(need, threads: predictor.threads, abreast: abreast) { share in
      Result {
        try CaseUnderWay(
          predictor, item, to: target, chosen, claim: claim, command: command, share: share
        ) { event in
          claim?.note(event)
          job.note(event)
          progress(event)
        }
      }
    }
    switch begun {
    case .failure(let error): try end(failure(error, item, target, inputs))
    case .success(let work):
      job.hold(work)
      try line.add(job, starts: starts) { [self] result in
        switch result {
        case .success(let result):
          try end(.made(result, record(item, target, inputs, seconds: result.seconds)))
        case .failure(let error): try end(failure(error, item, target, inputs))
        }
      }
    }
  }

  /// Brings the cases to their ends that are under way.
  ///
  /// - Throws: what their `end` throws.
  package func finish() throws { try line.finish() }

  /// What an earlier run left of a case, completed; `nil` where it is to be computed.
  func look(_ item: Case, to target: String, _ inputs: [StampedFile]?) -> Ending? {
    do {
      if let problem = item.problem { throw problem }
      guard let finished = try predictor.finished(item, to: target) else { return nil }
      try predictor.complete(finished, item)
      return .kept(finished, record(item, target, inputs))
    } catch { return .failed(Self.known(error)) }
  }

  private func failure(
    _ error: any Error, _ item: Case, _ target: String, _ inputs: [StampedFile]?
  ) -> Ending {
    let error = Self.known(error)
    // Another run may have done the same meanwhile.
    guard error.code == .outputExists,
      case .kept(let finished, let record) = look(item, to: target, inputs)
    else { return .failed(error) }
    return .kept(finished, record)
  }

  private static func known(_ error: any Error) -> NNXError {
    error as? NNXError ?? NNXError(.bug, "\(error)")
  }

  /// Without stamps a record says at every run that the files are to be looked into.
  private func record(
    _ item: Case, _ target: String, _ inputs: [StampedFile]?, seconds: Double = 0
  ) -> DoneRecord? {
    done?.record(item, to: target, inputs: inputs ?? [], seconds: seconds)
  }
}
