import NNXPredict
import NNXReport
import NNXSystem
import Synchronization

/// How far the cases of a run are, for people, programs, and whoever interrupts it.
final class CohortSummary: Sendable {
  private struct State {
    var outcomes: [(index: Int, name: String, outcome: CaseOutcome)] = []
    var isOver = false
    var isInterrupted = false
  }

  /// How many cases there are.
  private let total: Int
  /// Where the results go.
  private let folder: String
  private let start = ProcessFacts.monotonicSeconds
  private let state = Mutex(State())

  init(_ total: Int, folder: String) {
    (self.total, self.folder) = (total, folder)
  }

  /// - Parameter index: number of the case.
  func add(_ index: Int, _ name: String, _ outcome: CaseOutcome) {
    state.withLock { $0.outcomes.append((index, name, outcome)) }
  }

  /// Says something of what became of cases; not after the last words of a run that is interrupted.
  func tell(_ say: () -> Void) {
    state.withLock { if !$0.isInterrupted { say() } }
  }

  /// From here on there is nothing to go on with.
  func end() { state.withLock { $0.isOver = true } }

  /// In the order of the cases.
  var outcomes: [(name: String, outcome: CaseOutcome)] {
    state.withLock { $0.outcomes }.sorted { $0.index < $1.index }.map { ($0.name, $0.outcome) }
  }

  private var failed: [(name: String, error: NNXError)] {
    outcomes.compactMap { name, outcome in outcome.error.map { (name, $0) } }
  }

  private var counts: (made: Int, kept: Int, failed: Int) {
    Self.counts(state.withLock { $0.outcomes.map(\.outcome) })
  }

  private static func counts(_ outcomes: [CaseOutcome]) -> (made: Int, kept: Int, failed: Int) {
    outcomes.reduce(into: (0, 0, 0)) { counts, outcome in
      switch outcome {
      case .made: counts.0 += 1
      case .kept, .unchanged: counts.1 += 1
      case .failed: counts.2 += 1
      }
    }
  }

  /// `28 done, 1 done already, 2 failed: in segs, 12 min 4 s`.
  var line: String {
    let (made, kept, failed) = counts
    let rest = total - made - kept - failed
    var parts = made > 0 || kept == 0 ? ["\(made) done"] : []
    if kept > 0 { parts.append("\(kept) done already") }
    if failed > 0 { parts.append("\(failed) failed") }
    if rest > 0 { parts.append("\(rest) not tried") }
    let time = Quantity.duration(ProcessFacts.monotonicSeconds - start)
    let place = made + kept > 0 ? " in \(folder)/" : ""
    return parts.joined(separator: ", ") + place + "   (\(time))"
  }

  /// What is noteworthy about what was made, one line each.
  var notes: [String] {
    let cut = outcomes.count { _, outcome in
      guard case .made(let result) = outcome else { return false }
      return result.labels.contains { !$0.touches.isEmpty }
    }
    let corrected = outcomes.filter(\.outcome.isCorrected).map(\.name)
    var notes: [String] = []
    if cut > 0 {
      notes.append(
        "\(cut == 1 ? "in 1 case" : "in \(cut) cases") a label reaches the edge of the image: "
          + "its volume is a lower bound")
    }
    if !corrected.isEmpty {
      notes.append("corrected by hand, and kept: \(shortList(corrected))")
    }
    return notes
  }

  /// All failures with their reasons; `nil` when none failed.
  var error: NNXError? {
    let (made, kept, _) = counts
    return CohortSummary.error(
      failed, of: total,
      fixes: [
        made + kept > 0
          ? "The same command tries them again; what is done is kept"
          : "The same command tries them again"
      ])
  }

  static func error(
    _ failed: [(name: String, error: NNXError)], of total: Int, fixes: [String]
  ) -> NNXError? {
    guard !failed.isEmpty else { return nil }
    return NNXError(
      .casesFailed, "\(failed.count) of \(total) cases failed",
      details: failed.map { "\($0.name): \($0.error.message)" }, fixes: ways(failed) + fixes)
  }

  /// The first way out of each kind of failure, with whose it is where there are several.
  private static func ways(_ failed: [(name: String, error: NNXError)]) -> [String] {
    var known: Set<String> = []
    var ways: [String] = []
    for (name, error) in failed where known.insert(error.code.name).inserted {
      guard let way = error.fixes.first else { continue }
      ways.append(failed.count == 1 ? way : "\(name): \(way)")
    }
    return Array(ways.prefix(3))
  }

  var json: Members {
    let (made, kept, failed) = counts
    return [
      "cases": outcomes.map { $0.outcome.json($0.name) },
      "counts": ["done": made + kept, "skipped": kept, "failed": failed, "total": total] as Members,
    ]
  }

  /// Says to whoever interrupts how far the run came, unless nothing is under way.
  func interrupt(_ say: (String) -> Void) {
    state.withLock { state in
      guard !state.isOver else { return }
      state.isInterrupted = true
      let (made, kept, failed) = Self.counts(state.outcomes.map(\.outcome))
      let failures = failed > 0 ? ", \(failed) failed" : ""
      say(
        "Interrupted: \(made + kept) of \(total) done\(failures). "
          + "The same command goes on from here.")
    }
  }
}

extension NNXError.Code {
  static let casesFailed = NNXError.Code("cases-failed", .negative)
}
