import NNXSystem
import Synchronization

/// Shows progress on stderr: a bar for people, plain lines for logs, JSON lines for programs.
final class ProgressBar: Sendable {
  enum Style: String, CaseIterable, Sendable {
    /// A bar on a terminal, nothing elsewhere.
    case auto
    case plain, json, none
  }

  private struct State {
    var stage: ProgressEvent.Stage?
    var stageStart = 0.0
    /// What was done when the stage began: of a download that goes on, what was here before.
    var firstDone = 0
    var lastDrawn = 0.0
    /// Of what is worked on in this stage, by its name.
    var lastTenths: [String: Int] = [:]
    var isLineOpen = false
    var isOver = false
  }

  private let style: Style
  /// Columns of the terminal.
  let width: Int
  private let start = ProcessFacts.monotonicSeconds
  private let state = Mutex(State())

  /// - Parameter terminal: of stderr.
  init(_ style: Style, terminal: Terminal) {
    self.style = style == .auto && !terminal.isInteractive ? .none : style
    width = terminal.width
    // After a signal, the prompt is not to stick to the bar.
    Interruption.beforeEnd { [weak self] in
      self?.finish()
      self?.state.withLock { $0.isOver = true }
    }
  }

  /// Whether bars are drawn for a person.
  var isDrawn: Bool { style == .auto }

  var handler: ProgressHandler { { [self] event in show(event) } }

  /// For what one case of several tells, two of which may be under way: it is called by its name.
  func handler(of name: String) -> ProgressHandler {
    { [self] event in
      var event = event
      event.item = name
      show(event)
    }
  }

  /// Ends an open bar, so that other text begins on a line of its own.
  func finish() {
    state.withLock { state in
      if state.isLineOpen { writeToStderr("\n") }
      state.isLineOpen = false
    }
  }

  /// Draws a line in place of the one that is open.
  func draw(_ line: String) {
    state.withLock { state in
      guard isDrawn, !state.isOver else { return }
      writeToStderr("\r" + line.prefix(width - 1) + "\u{1B}[K")
      state.isLineOpen = true
    }
  }

  /// Removes the open line, so that other text takes its place.
  func clear() { aside {} }

  /// Has other text take the place of the open line, which is drawn by another thread meanwhile.
  ///
  /// - Parameter say: writes it, and sends no progress.
  func aside(_ say: () -> Void) {
    state.withLock { state in
      if state.isLineOpen { writeToStderr("\r\u{1B}[K") }
      state.isLineOpen = false
      say()
    }
  }

  private func show(_ event: ProgressEvent) {
    guard style != .none else { return }
    var event = event
    event.item = event.item.printableLine
    let now = ProcessFacts.monotonicSeconds
    state.withLock { state in
      if state.stage != event.stage {
        if state.isLineOpen { writeToStderr("\n") }
        state = State(stage: event.stage, stageStart: now, firstDone: event.done)
      } else if event.stage == .predict, event.done == 0 {
        // The networks of the next case.
        state.stageStart = now
        state.lastTenths[event.item] = nil
      }
      guard !state.isOver else { return }
      let isLast = event.total == event.done
      switch style {
      case .json:
        guard isLast || now - state.lastDrawn >= 0.1 else { return }
        writeToStderr(jsonLine(event, seconds: now - start) + "\n")
      case .plain:
        let tenth = event.total.map { $0 > 0 ? event.done * 10 / $0 : 10 } ?? 0
        let last = state.lastTenths[event.item] ?? -1
        guard isLast || tenth > last || now - state.lastDrawn >= 30 else { return }
        guard tenth != last || now - state.lastDrawn >= 30 else { return }
        state.lastTenths[event.item] = tenth
        writeToStderr(plainLine(event) + "\n")
      default:
        guard isLast || now - state.lastDrawn >= 0.1 else { return }
        // What never begins leaves no bar above its error.
        guard event.unit != .bytes || event.done > 0 || state.isLineOpen else { return }
        let line = barLine(event, after: state.firstDone, seconds: now - state.stageStart)
        writeToStderr("\r" + line + "\u{1B}[K")
        state.isLineOpen = true
      }
      state.lastDrawn = now
    }
  }

  private func jsonLine(_ event: ProgressEvent, seconds: Double) -> String {
    let line: Members = [
      "t": (seconds * 10).rounded() / 10, "stage": event.stage.rawValue, "done": event.done,
      "total": event.total, "unit": event.unit.rawValue, "item": event.item,
    ]
    return OrderedJSON(encoding: line).text()
  }

  private func plainLine(_ event: ProgressEvent) -> String {
    let share = event.total.map { $0 > 0 ? "  \(event.done * 100 / $0)%" : "" } ?? ""
    return "\(title(event.stage))  \(event.item)\(share)"
  }

  /// - Parameters:
  ///   - first: what was done before.
  ///   - seconds: since then.
  private func barLine(_ event: ProgressEvent, after first: Int, seconds: Double) -> String {
    let head = title(event.stage).padding(to: 13)
    guard let total = event.total, total > 0 else {
      return String((head + event.item + amount(event)).prefix(width - 1))
    }
    let share = min(1, Double(event.done) / Double(total))
    var tail = "\(Int(share * 100))%".leftPadding(to: 5) + "  " + amount(event)
    let own = event.done - first
    if event.done >= total {
      tail += "  \(Quantity.duration(seconds))"
    } else if own > 0, seconds > 1 || own * 20 > total {
      tail += "  \(Quantity.clock(seconds * Double(total - event.done) / Double(own))) left"
    }
    let room = max(8, min(40, width - 1 - head.count - tail.count))
    return String((head + ProgressBar.bar(share, width: room) + tail).prefix(width - 1))
  }

  private func amount(_ event: ProgressEvent) -> String {
    switch event.unit {
    case .bytes:
      let total = event.total.map { " of \(Quantity.bytes($0))" } ?? ""
      return "\(Quantity.bytes(event.done))\(total)"
    case .patches: return "patch \(event.done)/\(event.total ?? 0)"
    case .folds: return "fold \(event.done)/\(event.total ?? 0)"
    case .files: return "file \(event.done)/\(event.total ?? 0)"
    case .steps: return event.item
    }
  }

  /// Eighths of a character, as `███▌····`.
  static func bar(_ share: Double, width: Int) -> String {
    let eighths = Int(share * Double(width) * 8)
    let full = eighths / 8
    guard full < width else { return String(repeating: "█", count: width) }
    let partial = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8]
    let rest = width - full - partial.count
    return String(repeating: "█", count: full) + partial + String(repeating: "·", count: rest)
  }

  private func title(_ stage: ProgressEvent.Stage) -> String {
    switch stage {
    case .download: "Downloading"
    case .verify: "Verifying"
    case .unpack: "Unpacking"
    case .convert: "Converting"
    case .read: "Reading"
    case .preprocess: "Preparing"
    case .predict: "Predicting"
    case .export: "Resampling"
    case .write: "Writing"
    }
  }
}
