import NNXSystem

/// What each worker of a cohort asks an engine for, with the arithmetic that led to it.
package struct JobRequest: Equatable, Sendable {
  package let workers: Int
  package let cores: Int
  /// MB of 2²⁰ bytes, a multiple of 256.
  package let memory: Int
  package let minutes: Int
  /// How many times a worker may begin itself again.
  package let restarts: Int
  /// Lines of what was reckoned, for comments.
  package let arithmetic: [String]

  /// Limits that a person sets; `nil`: as nnx reckons.
  package struct Wish: Equatable, Sendable {
    package var workers: Int?
    /// Bytes.
    package var memory: Int?
    package var minutes: Int?

    package init(workers: Int? = nil, memory: Int? = nil, minutes: Int? = nil) {
      (self.workers, self.memory, self.minutes) = (workers, memory, minutes)
    }
  }

  /// Work that is worth the start of a worker, in seconds.
  private static let share = 1800.0
  /// The least minutes that are asked for.
  private static let leastMinutes = 15
  /// Seconds that the engine's warning comes before the end, and what starting takes.
  static let grace = 120.0

  /// - Throws: `usage` when a limit is below what the largest case needs, or nothing is left to do.
  package init(_ forecast: CohortForecast, _ wish: Wish = Wish()) throws(NNXError) {
    let factor = forecast.experience?.factor ?? 1
    let cases = forecast.left
    guard let longest = cases.max(by: { $0.seconds < $1.seconds }),
      let largest = cases.max(by: { $0.peakBytes < $1.peakBytes })
    else {
      throw NNXError(
        .usage, "nothing is left to submit: \(forecast.done) cases are done",
        details: forecast.problems.prefix(5).map { "\($0.name): \($0.error.message)" },
        fixes: ["See what there is with: nnx gather OUT"])
    }
    let sum = cases.reduce(0) { $0 + $1.seconds } * factor
    let most = longest.seconds * factor
    cores = forecast.cores
    let useful = max(1, Int((sum / Self.share).rounded(.up)))
    workers = max(1, min(wish.workers ?? 32, cases.count, wish.workers == nil ? useful : .max))
    let peak = Double(largest.peakBytes) / 0x1p20
    let reckonedMemory = Int(((1.15 * peak + 512) / 256).rounded(.up)) * 256
    memory = wish.memory.map { ($0 + (1 << 20) - 1) >> 20 } ?? reckonedMemory
    let wanted = max(1.5 * (sum / Double(workers) + most), 2 * most) / 60
    let reckonedMinutes = max(Self.leastMinutes, Int(saturating: wanted.rounded(.up)))
    minutes = wish.minutes ?? reckonedMinutes
    // As many lives as the work needs, and some for what goes wrong.
    let perLife = max(1, Double(minutes) * 60 - Self.grace - most)
    restarts = max(
      5, min(1000, 2 * Int(saturating: (sum / Double(workers) / perLife).rounded(.up))))
    let needed = Int(saturating: ((1.25 * most + Self.grace + 60) / 60).rounded(.up))
    guard minutes >= needed else {
      throw NNXError(
        .usage,
        "--time of \(Self.text(minutes: minutes)) is below the largest case: \(longest.name) takes about "
          + Quantity.short(most / 60) + " min",
        details: ["A worker that never comes to its end would begin again and again."],
        fixes: ["Give at least --time \(needed)m, or leave it out: \(reckonedMinutes) min"])
    }
    guard memory << 20 >= largest.peakBytes else {
      throw NNXError(
        .usage,
        "--mem of \(Quantity.bytes(memory << 20)) is below the largest case: \(largest.name) takes about "
          + Quantity.bytes(largest.peakBytes),
        fixes: [
          "Leave it out, or give: --mem \(reckonedMemory)M",
          "Or let images go through files: --max-memory SIZE, and submit the rest by itself",
        ])
    }
    func minutesText(_ seconds: Double) -> String { Quantity.short(seconds / 60) }
    // Names of files stand in comments of scripts: a line end in one must not end the comment.
    let (longestName, largestName) = (longest.name.excerpt, largest.name.excerpt)
    let speed =
      forecast.experience.map {
        "as \($0.cases) cases of this cohort took: \(Quantity.fixed($0.factor, 2)) x what this machine tells"
      }
      ?? (forecast.measured == cores
        ? "timed on this machine with \(cores) threads: nodes are taken to be as fast"
        : "timed on this machine with \(forecast.measured) threads, and taken to be "
          + "\(Quantity.fixed(Double(cores) / Double(forecast.measured), 1)) x as fast on \(cores) cores")
    arithmetic = [
      "\(cases.count) cases to do"
        + (forecast.done > 0 ? ", \(forecast.done) done already" : "")
        + (forecast.problems.isEmpty ? "" : ", \(forecast.problems.count) that cannot be read"),
      "time:    all \(minutesText(sum)) min, the longest \(longestName) \(minutesText(most)) min; \(speed)",
      wish.workers == nil
        ? "workers: min(32, cases \(cases.count), \(minutesText(sum)) min / 30 min) = \(workers)"
        : "workers: \(workers), as asked for, and no more than cases",
      wish.memory == nil
        ? "memory:  1.15 x \(Int(peak.rounded(.up))) MB (\(largestName)) + 512 MB, in steps of 256 = \(memory) MB"
        : "memory:  \(memory) MB, as asked for; the largest, \(largestName), takes \(Int(peak.rounded(.up))) MB",
      wish.minutes == nil
        ? "limit:   1.5 x (\(minutesText(sum)) / \(workers) + \(minutesText(most))), at least 2 x the longest and "
          + "\(Self.leastMinutes) min = \(minutes) min"
        : "limit:   \(minutes) min, as asked for; the longest case needs \(needed) min",
      "again:   up to \(restarts) times, after statuses \(Self.list(CohortExit.repeated))",
    ]
  }

  static func list(_ statuses: [Int32]) -> String {
    statuses.map { "\($0)" }.joined(separator: ", ")
  }

  /// `04:00:00`, `2-03:30:00`: as Slurm has times.
  static func text(minutes: Int) -> String {
    func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
    let (days, hours) = (minutes / 1440, minutes / 60 % 24)
    return (days > 0 ? "\(days)-" : "") + "\(two(hours)):\(two(minutes % 60)):00"
  }
}

/// A length of time as people type it: `90m`, `4h`, `2d`, or as Slurm has it, `30`, `04:00:00`, `1-12:00:00`.
package struct JobTime: Equatable, Sendable {
  package let minutes: Int

  /// `nil` where it is none, or below a minute.
  package init?(_ text: String) {
    let factors: [Character: Int] = ["m": 1, "h": 60, "d": 1440]
    if let unit = text.last, let factor = factors[unit] {
      guard let count = Int(text.dropLast()), count > 0, count < 1_000_000 else { return nil }
      minutes = count * factor
      return
    }
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count) else { return nil }
    let days = parts.count == 2 ? Int(parts[0]) : 0
    let clock = parts[parts.count - 1].split(separator: ":", omittingEmptySubsequences: false)
      .map { Int($0) }
    guard let days, (0..<1000).contains(days), !clock.isEmpty, clock.count <= 3,
      clock.allSatisfy({ $0.map { (0..<1_000_000).contains($0) } ?? false })
    else { return nil }
    let numbers = clock.compactMap(\.self)
    // With days: hours[:minutes[:seconds]]; without: minutes, minutes:seconds, hours:minutes:seconds.
    let hoursFirst = parts.count == 2 || numbers.count == 3
    let hours = hoursFirst ? numbers[0] : 0
    let rest = hoursFirst ? (numbers.count > 1 ? numbers[1] : 0) : numbers[0]
    let all = days * 1440 + hours * 60 + rest
    guard all > 0 else { return nil }
    minutes = all
  }
}
