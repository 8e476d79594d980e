import Dispatch
import Glibc
import NNXSystem
import Synchronization

/// A case that this worker holds, from its claim to its end.
///
/// A thread of its own says every few seconds that the work goes on, as long as it does: the networks' patches count,
/// and in parts of the work that have none, the processor's time.
package final class HeldClaim: Sendable {
  private struct State {
    var claim: Claim
    /// When the work moved last, by the clock that only runs forward, and the processor's time then.
    var moved: Double
    var used: Double
    var isOver = false
  }

  let key: CaseKey
  let generation: Int
  /// Whether somebody took the case before and did not give it back.
  let isRetry: Bool
  private let board: ClaimBoard
  private let path: String
  /// Bytes of the file, which stay as many.
  private let size: Int
  private let state: Mutex<State>
  private let end = DispatchSemaphore(value: 0)

  init(
    _ claim: Claim, _ key: CaseKey, _ generation: Int, isRetry: Bool, _ board: ClaimBoard
  ) {
    (self.key, self.generation, self.isRetry, self.board) = (key, generation, isRetry, board)
    path = board.places.claim(key, generation)
    size = (Self.text(claim).utf8.count + 128 + 511) / 512 * 512
    state = Mutex(
      State(
        claim: claim, moved: ProcessFacts.monotonicSeconds,
        used: ProcessFacts.seconds(CLOCK_PROCESS_CPUTIME_ID)))
  }

  /// Who holds it: a name for hidden folders.
  package var token: String { board.token }

  private static func text(_ claim: Claim) -> String { OrderedJSON(encoding: claim).text() }

  private func bytes(_ claim: Claim) -> [UInt8] {
    let text = Array(Self.text(claim).utf8)
    return text + [UInt8](repeating: UInt8(ascii: " "), count: max(0, size - 1 - text.count))
      + [UInt8(ascii: "\n")]
  }

  /// Makes the claim.
  ///
  /// - Returns: whether it is this worker's.
  /// - Throws: `cannot-write`, `no-space`, `unreadable`.
  func take() throws(NNXError) -> Bool {
    let claim = state.withLock { $0.claim }
    // A server that answers twice says that the file is there, which we made.
    guard try SharedFile.claim(path, bytes(claim)) || Claim(contentsOf: path)?.token == claim.token
    else { return false }
    DispatchQueue(label: "heartbeat", qos: .userInitiated).async { [self] in
      while end.wait(timeout: .now() + board.times.beat) == .timedOut { beat() }
    }
    return true
  }

  /// Notes how far the work is.
  package func note(_ event: ProgressEvent) {
    state.withLock { state in
      let (stage, isCounted) = (event.stage.rawValue, event.unit == .patches)
      let isMove = state.claim.stage != stage || (isCounted && state.claim.done != event.done)
      state.claim.stage = stage
      state.claim.done = isCounted ? event.done : nil
      state.claim.of = isCounted ? event.total : nil
      guard isMove else { return }
      state.moved = ProcessFacts.monotonicSeconds
      state.used = ProcessFacts.seconds(CLOCK_PROCESS_CPUTIME_ID)
    }
  }

  /// Says that the work goes on, if it does.
  ///
  /// - Returns: whether it said so.
  @discardableResult
  func beat(now: Double = ProcessFacts.monotonicSeconds) -> Bool {
    let claim = state.withLock { state -> Claim? in
      guard !state.isOver else { return nil }
      let used = ProcessFacts.seconds(CLOCK_PROCESS_CPUTIME_ID)
      if state.claim.done == nil, used - state.used > 1 { (state.moved, state.used) = (now, used) }
      return now - state.moved <= board.times.hung ? state.claim : nil
    }
    guard let claim else { return false }
    return SharedFile.refresh(path, bytes(claim))
  }

  /// Whether nobody took the case over.
  var isOwn: Bool { Folder.kind(board.places.claim(key, generation + 1)) == nil }

  /// Asked before the case's files get their names.
  ///
  /// - Throws: `taken-over`.
  package func check() throws(NNXError) {
    guard !isOwn else { return }
    throw NNXError(
      .takenOver, "another worker took the case over, for this one gave no sign of life",
      fixes: ["Nothing is to be done: the other one finishes it"])
  }

  /// Ends the heartbeat: the case is done, or failed for good.
  func finish() {
    let isFirst = state.withLock { state in
      defer { state.isOver = true }
      return !state.isOver
    }
    guard isFirst else { return }
    end.signal()
    CurrentClaims.drop(self)
  }

  /// Gives the case back as if it had never been taken.
  func release() {
    finish()
    // Without it the next worker waits for the heartbeat, no more.
    _ = try? SharedFile.claim(board.places.release(key, generation), [])
  }

  /// Gives the case up: somebody else may try, and this was an attempt.
  func giveUp() {
    finish()
    SharedFile.giveUp(path)
  }
}

extension NNXError.Code {
  static let takenOver = NNXError.Code("taken-over", .retry)
}

/// The claims that this process gives back when a signal ends it.
enum CurrentClaims {
  private static let held = Mutex<[HeldClaim]>([])

  static func hold(_ claim: HeldClaim) { held.withLock { $0.append(claim) } }

  static func drop(_ claim: HeldClaim) { held.withLock { $0.removeAll { $0 === claim } } }

  static func release() { for claim in held.withLock({ $0 }) { claim.release() } }
}
