import NNXSystem

/// Seconds spent in each part of one case, without those in which it waits for others.
final class Stopwatch {
  private(set) var laps: [(stage: String, seconds: Double)] = []
  private var last = ProcessFacts.monotonicSeconds

  /// Goes on after a wait, which counts for no part.
  func resume() { last = ProcessFacts.monotonicSeconds }

  /// Ends a part; what is called alike is added up.
  func lap(_ part: String) {
    let now = ProcessFacts.monotonicSeconds
    defer { last = now }
    guard let index = laps.firstIndex(where: { $0.stage == part }) else {
      return laps.append((part, now - last))
    }
    laps[index].seconds += now - last
  }

  /// All parts, and the one under way.
  var total: Double {
    laps.reduce(ProcessFacts.monotonicSeconds - last) { $0 + $1.seconds }
  }
}
