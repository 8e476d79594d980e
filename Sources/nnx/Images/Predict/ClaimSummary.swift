import NNXPredict
import NNXSystem
import Synchronization

/// What a worker did, and what is left.
final class ClaimSummary: Sendable {
  private struct State {
    var made: [(name: String, outcome: CaseOutcome)] = []
    var failed: [(name: String, reason: String)] = []
    var tries = 0
  }

  private let names: [String]
  private let folder: String
  private let start = ProcessFacts.monotonicSeconds
  private let state = Mutex(State())

  init(_ names: [String], folder: String) { (self.names, self.folder) = (names, folder) }

  /// Notes what became of a case.
  ///
  /// - Returns: what to tell of it now: what this worker did.
  func add(
    _ index: Int, _ event: WorkerPool.Event, _ result: Predictor.Result?
  ) -> CaseOutcome? {
    let name = names[index]
    return state.withLock { state in
      switch event {
      case .made:
        guard let result else { return nil }
        state.made.append((name, .made(result)))
        return .made(result)
      case .done, .takenOver: return nil
      case .failed(let record):
        state.failed.append((name, record.message))
        return nil
      case .refused(let error):
        state.failed.append((name, error.message))
        return .failed(error)
      case .attempt(let error):
        state.tries += 1
        return .failed(error)
      }
    }
  }

  /// `12 done here, 28 by others or before, 2 failed, 3 with others: in segs/   (4 min 3 s)`.
  func line(_ end: WorkerPool.End) -> String {
    let made = state.withLock { $0.made.count }
    var parts = ["\(made) done here"]
    if end.done > made { parts.append("\(end.done - made) by others or before") }
    if end.failed > 0 { parts.append("\(end.failed) failed") }
    if end.tooLarge > 0 { parts.append("\(end.tooLarge) too large for this worker") }
    if end.tooLong > 0 { parts.append("\(end.tooLong) too long for the time left") }
    if end.held > 0 { parts.append("\(end.held) with other workers") }
    let time = Quantity.duration(ProcessFacts.monotonicSeconds - start)
    return parts.joined(separator: ", ") + ": in \(folder)/   (\(time))"
  }

  /// Last words of a worker that a signal ends.
  var interrupted: String {
    let made = state.withLock { $0.made.count }
    return "Interrupted: \(made) done here; the case under way is given back. "
      + "The same command goes on from here."
  }

  /// Why the worker does not end with 0; `nil` where it does.
  func error(_ end: WorkerPool.End) -> NNXError? {
    let failed = state.withLock { $0.failed }
    func left(_ count: Int) -> String { "\(count) of \(names.count) cases" }
    switch end.exit {
    case .done: return nil
    case .failed:
      return NNXError(
        .cohortFailed, "\(left(end.failed)) failed for good",
        details: failed.prefix(20).map { "\($0.name): \($0.reason)" }
          + (failed.count > 20 ? ["… and \(failed.count - 20) more"] : []),
        fixes: ["When what stopped them is put right: the same command with --retry-failed"])
    case .tooLarge:
      return NNXError(
        .casesTooLarge, "\(left(end.tooLarge)) need more memory than this worker has",
        fixes: [
          "Run the same command where there is more memory",
          "Or let images go through files: --max-memory 4G",
        ])
    case .again:
      return NNXError(
        .casesLeft, "\(left(end.tooLong)) take longer than the time that is left",
        fixes: ["Run the same command again, with more time (NNX_DEADLINE)"])
    }
  }

  func json(_ end: WorkerPool.End) -> Members {
    let (made, failed) = state.withLock { ($0.made, $0.failed) }
    return [
      "cases": made.map { $0.outcome.json($0.name) },
      "failed": failed.map { ["case": $0.name, "message": $0.reason] as Members },
      "counts": [
        "done": end.done, "here": made.count, "failed": end.failed, "tooLarge": end.tooLarge,
        "tooLong": end.tooLong, "held": end.held, "total": names.count,
      ] as Members,
    ]
  }
}

extension NNXError.Code {
  static let cohortFailed = NNXError.Code("cases-failed", .data)
  static let casesLeft = NNXError.Code("cases-left", .retry)
  static let casesTooLarge = NNXError.Code("cases-left", .memory)
}
