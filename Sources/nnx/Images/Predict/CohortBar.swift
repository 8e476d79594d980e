import NNXSystem
import Synchronization

/// One bar for all cases of a run, with the time that is left for them.
///
/// Cases count by their patches. The time is that of the patches so far, so that what was done before, and
/// takes none, does not make the rest look quick.
final class CohortBar: Sendable {
  /// A case whose networks run.
  private struct UnderWay {
    let name: String
    /// Patches of its networks that are through, and of the one that runs.
    var before = 0
    var current = 0
  }

  private struct State {
    /// The one of those under way that began last, or was the last of all.
    var shown = (index: 0, name: "")
    var underWay: [Int: UnderWay] = [:]
    /// Patches of the cases that are over, and of these the computed ones.
    var over = 0
    var computed = 0
    /// Seconds in which networks ran, up to `last`.
    var seconds = 0.0
    var last = 0.0
    var stage: ProgressEvent.Stage?
    var lastDrawn = 0.0
  }

  private let bar: ProgressBar
  /// Patches of each case; 0 where its header cannot be read.
  private let patches: [Int]
  private let state = Mutex(State())

  init(_ bar: ProgressBar, patches: [Int]) {
    (self.bar, self.patches) = (bar, patches)
  }

  /// For what a case tells.
  func handler(_ index: Int) -> ProgressHandler { { [self] event in show(index, event) } }

  /// The networks run for a case from now on.
  func begin(_ index: Int, _ name: String) {
    let now = ProcessFacts.monotonicSeconds
    state.withLock { state in
      Self.advance(&state, now)
      (state.shown, state.underWay[index]) = ((index, name), UnderWay(name: name))
      draw(&state, now)
    }
  }

  /// A case is over, whether its networks ran or not.
  func end(_ index: Int) {
    state.withLock { state in
      Self.advance(&state, ProcessFacts.monotonicSeconds)
      if state.underWay[index] != nil { state.computed += done(index, state) }
      state.underWay[index] = nil
      state.over += patches[index]
      if let other = state.underWay.max(by: { $0.key < $1.key }) {
        state.shown = (other.key, other.value.name)
      }
    }
  }

  private static func advance(_ state: inout State, _ now: Double) {
    if !state.underWay.isEmpty { state.seconds += now - state.last }
    state.last = now
  }

  private func done(_ index: Int, _ state: State) -> Int {
    state.underWay[index].map { min(patches[index], $0.before + $0.current) } ?? 0
  }

  private func show(_ index: Int, _ event: ProgressEvent) {
    let now = ProcessFacts.monotonicSeconds
    state.withLock { state in
      if event.stage == .predict, var own = state.underWay[index] {
        if event.done < own.current { own.before += own.current }
        own.current = event.done
        state.underWay[index] = own
      }
      guard state.stage != event.stage || now - state.lastDrawn >= 0.1 else { return }
      state.stage = event.stage
      Self.advance(&state, now)
      draw(&state, now)
    }
  }

  private func draw(_ state: inout State, _ now: Double) {
    state.lastDrawn = now
    let (index, name) = state.shown
    let running = state.underWay.keys.reduce(0) { $0 + done($1, state) }
    let total = patches.reduce(0, +)
    let rest = total - state.over - running
    let share =
      total > 0
      ? 1 - Double(rest) / Double(total) : Double(index) / Double(max(1, patches.count))
    let head = "\(index + 1)/\(patches.count) \(name)".shortened(to: 28).padding(to: 20) + " "
    var tail = "\(Int(share * 100))%".leftPadding(to: 5)
    if patches[index] > 0 {
      tail += "  patch \(done(index, state))/\(patches[index])".padding(to: 16)
    }
    let computed = state.computed + running
    if computed > 0, state.seconds > 1 {
      let left = state.seconds * Double(rest) / Double(computed)
      tail += "  \(Quantity.clock(left)) left"
    }
    let room = max(8, min(40, bar.width - 1 - head.count - tail.count))
    bar.draw(head + ProgressBar.bar(share, width: room) + tail)
  }
}
