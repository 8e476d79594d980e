import Dispatch
import NNXSystem
import Synchronization

/// A case whose networks are to run, and how far they are: for the thread that runs them and the one that waits.
final class NetworkJob: Sendable {
  private struct State {
    var work: CaseUnderWay?
    /// When the networks began, and the patches that are through, of so many.
    var start = 0.0
    var done = 0
    var total = 0
    /// Seconds before its end that `isNearEnd` is signalled.
    var warning = 0.0
    var isOver = false
    var error: (any Error)?

    var secondsLeft: Double? {
      if isOver { return 0 }
      guard done > 0 else { return nil }
      return (ProcessFacts.monotonicSeconds - start) / Double(done) * Double(total - done)
    }
  }

  let need: CaseNeed?
  /// Signalled when the next case is to begin.
  let isNearEnd = DispatchSemaphore(value: 0)
  private let state = Mutex(State())

  /// - Parameter need: `nil` for a case that is done alone.
  init(_ need: CaseNeed?) { self.need = need }

  /// Whether the networks are through.
  var isOver: Bool { state.withLock { $0.isOver } }

  /// Seconds that the networks still take; `nil` before the first patch.
  var secondsLeft: Double? { state.withLock { $0.secondsLeft } }

  func hold(_ work: CaseUnderWay) { state.withLock { $0.work = work } }

  func begin(warning: Double) {
    state.withLock { ($0.start, $0.warning) = (ProcessFacts.monotonicSeconds, warning) }
  }

  /// Is told of the progress of the case.
  func note(_ event: ProgressEvent) {
    guard event.stage == .predict else { return }
    let isNear = state.withLock { state in
      (state.done, state.total) = (event.done, event.total ?? event.done)
      return state.secondsLeft.map { $0 <= state.warning } ?? false
    }
    if isNear { isNearEnd.signal() }
  }

  func run() {
    let work = state.withLock { $0.work }
    do { try work?.runNetworks() } catch { state.withLock { $0.error = error } }
    state.withLock { $0.isOver = true }
    isNearEnd.signal()
  }

  /// - Throws: what the networks threw, and what ending the case does.
  func end() throws -> Predictor.Result {
    let (work, error) = state.withLock { state in
      defer { state.work = nil }
      return (state.work, state.error)
    }
    if let error { throw error }
    guard let work else { preconditionFailure("a case ends once") }
    return try work.end()
  }
}
