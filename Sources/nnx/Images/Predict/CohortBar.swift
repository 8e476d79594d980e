import NNXSystem
import Synchronization

/// One bar for all cases of a run, with the time that is left for them.
///
/// Cases count by their patches. The time is that of the patches so far, so that what was done before, and
/// takes none, does not make the rest look quick.
final class CohortBar: Sendable {
  private struct State {
    /// Number of the case under way, and its name.
    var index = 0
    var name = ""
    var start = 0.0
    /// Patches of the networks of this case that are through, and of the one that runs.
    var before = 0
    var current = 0
    var stage: ProgressEvent.Stage?
    /// Patches and seconds of the cases that were computed.
    var computed = 0
    var seconds = 0.0
    var lastDrawn = 0.0
  }

  private let bar: ProgressBar
  /// Patches of each case; 0 where its header cannot be read.
  private let patches: [Int]
  private let state = Mutex(State())

  init(_ bar: ProgressBar, patches: [Int]) {
    (self.bar, self.patches) = (bar, patches)
  }

  var handler: ProgressHandler { { [self] event in show(event) } }

  /// The networks run for another case from now on.
  func begin(_ index: Int, _ name: String) {
    let now = ProcessFacts.monotonicSeconds
    state.withLock { state in
      let done = min(patches[state.index], state.before + state.current)
      state = State(
        index: index, name: name, start: now, computed: state.computed + done,
        seconds: state.seconds + (done > 0 ? now - state.start : 0))
      draw(&state, now)
    }
  }

  private func show(_ event: ProgressEvent) {
    let now = ProcessFacts.monotonicSeconds
    state.withLock { state in
      if event.stage == .predict {
        if event.done < state.current { state.before += state.current }
        state.current = event.done
      }
      guard state.stage != event.stage || now - state.lastDrawn >= 0.1 else { return }
      state.stage = event.stage
      draw(&state, now)
    }
  }

  private func draw(_ state: inout State, _ now: Double) {
    state.lastDrawn = now
    let own = patches[state.index]
    let done = min(own, state.before + state.current)
    let rest = patches[state.index...].reduce(0, +) - done
    let total = patches.reduce(0, +)
    let share =
      total > 0
      ? 1 - Double(rest) / Double(total) : Double(state.index) / Double(max(1, patches.count))
    let head =
      "\(state.index + 1)/\(patches.count) \(state.name)".shortened(to: 28).padding(to: 20) + " "
    var tail = "\(Int(share * 100))%".leftPadding(to: 5)
    if own > 0 { tail += "  patch \(done)/\(own)".padding(to: 16) }
    let (computed, seconds) = (state.computed + done, state.seconds + now - state.start)
    if computed > 0, seconds > 1 {
      tail += "  \(Quantity.clock(seconds * Double(rest) / Double(computed))) left"
    }
    let room = max(8, min(40, bar.width - 1 - head.count - tail.count))
    bar.draw(head + ProgressBar.bar(share, width: room) + tail)
  }
}
