import NNXSystem

/// Seconds spent in each part of one case.
final class Stopwatch {
  private(set) var laps: [(stage: String, seconds: Double)] = []
  private let start = ProcessFacts.monotonicSeconds
  private var last = ProcessFacts.monotonicSeconds

  /// Ends a part; what is called alike is added up.
  func lap(_ part: String) {
    let now = ProcessFacts.monotonicSeconds
    defer { last = now }
    guard let index = laps.firstIndex(where: { $0.stage == part }) else {
      return laps.append((part, now - last))
    }
    laps[index].seconds += now - last
  }

  var total: Double { ProcessFacts.monotonicSeconds - start }
}
