import Dispatch
import NNXSystem
import NNXTensor

/// Cases one after the other. While the networks of one run, or of two at the same time, on threads of their own, the
/// caller's thread brings the case before to its end and begins the one after; at most one is in memory beside those
/// whose networks run.
///
/// What comes before and after the networks happens on the caller's thread alone, so that records, claims and words
/// about cases need no locks. No byte of a result depends on it.
final class CasePipeline {
  /// When the caller's thread goes on to the next case.
  enum Lead {
    /// As soon as it is free.
    case early
    /// When the networks take about as much longer as beginning a case does: what is begun may be taken from others.
    case late
  }

  /// A case whose networks run, or are through, and what is told of its end.
  private struct Running {
    let job: NetworkJob
    let end: (Result<Predictor.Result, any Error>) throws -> Void
  }

  private let overlaps: Bool
  private let lead: Lead
  private let budget: MemoryBudget
  private let queue = DispatchQueue(
    label: "networks", qos: .userInitiated, attributes: .concurrent)
  private var shelf: NetworkShelf?
  /// How many cases have their networks at the same time.
  private var abreast = 1
  private var running: [Running] = []
  /// Signalled whenever the networks of a case are through.
  private let oneIsOver = DispatchSemaphore(value: 0)
  /// Seconds that beginning a case takes, as the last ones took; since when the caller has its thread.
  private var beginning = 0.0
  private var returned = ProcessFacts.monotonicSeconds

  /// - Parameter overlaps: whether there is more than one case to do, and nothing against it.
  init(overlaps: Bool, lead: Lead, _ budget: MemoryBudget) {
    (self.overlaps, self.lead, self.budget) = (overlaps, lead, budget)
  }

  /// Seconds that the networks which run take until another case could have them.
  var secondsLeft: Double {
    running.count < abreast ? 0 : running.map { $0.job.secondsLeft ?? beginning }.min() ?? 0
  }

  /// Begins a case, after those that have the networks where all have no room.
  ///
  /// - Parameters:
  ///   - need: of the case; `nil`: its networks run alone.
  ///   - abreast: how many cases may have their networks at the same time.
  ///   - make: begins it; is given what it may use.
  /// - Throws: what ending the cases before does.
  func begin<Made>(
    _ need: CaseNeed?, threads: Threads, abreast: Int, _ make: (CaseShare) -> Made
  ) throws -> Made {
    // Where a header tells of no need, reading the image fails, as a rule, and nobody has to wait for that.
    guard overlaps, let need else { return make(.all(threads)) }
    if !hasRoom(running.map(\.job.need), beside: need) { try finish() }
    self.abreast = abreast
    let shelf = self.shelf ?? NetworkShelf(abreast: abreast, threads: threads)
    self.shelf = shelf
    // The networks keep most of the threads.
    return make(
      CaseShare(
        threads: Threads(threads.count / abreast), besides: Threads(threads.count / 4),
        shelf: shelf))
  }

  /// Gives a case the networks when they are free, and brings one that had them to its end.
  ///
  /// - Parameters:
  ///   - starts: called when its networks do.
  ///   - end: is given what became of it; called on this thread, by a later call.
  /// - Throws: what `end` of a case before throws.
  func add(
    _ job: NetworkJob, starts: () -> Void,
    end: @escaping (Result<Predictor.Result, any Error>) throws -> Void
  ) throws {
    beginning = max(beginning / 2, ProcessFacts.monotonicSeconds - returned)
    defer { returned = ProcessFacts.monotonicSeconds }
    let need = job.need
    if need == nil { try finish() }
    let before = running.count >= abreast ? takeFinished() : nil
    if let before, !hasRoom(running.map(\.job.need) + [need], beside: before.job.need) {
      shelf?.clear()
      try Self.end(before)
      start(job, starts, end)
    } else {
      start(job, starts, end)
      if let before { try Self.end(before) }
    }
    guard overlaps, need != nil else { return try finish() }
    if lead == .late { job.isNearEnd.wait() }
  }

  /// Brings the cases that have the networks to their ends.
  ///
  /// - Throws: what their `end` throws.
  func finish() throws {
    while let last = takeFinished() {
      shelf?.clear()
      defer { returned = ProcessFacts.monotonicSeconds }
      try Self.end(last)
    }
  }

  /// Seconds before the end of the networks that the next case is begun in, where others may take it meanwhile: it is
  /// held as shortly as the networks' never waiting for it allows.
  ///
  /// - Parameter beginning: seconds that beginning a case takes.
  static func lead(_ beginning: Double) -> Double { 2 * beginning }

  private func start(
    _ job: NetworkJob, _ starts: () -> Void,
    _ end: @escaping (Result<Predictor.Result, any Error>) throws -> Void
  ) {
    starts()
    running.append(Running(job: job, end: end))
    job.begin(warning: Self.lead(beginning))
    if overlaps {
      queue.async { [oneIsOver] in
        job.run()
        oneIsOver.signal()
      }
    } else {
      job.run()
      oneIsOver.signal()
    }
  }

  /// Waits until the networks of a case are through; `nil` where none run.
  private func takeFinished() -> Running? {
    guard !running.isEmpty else { return nil }
    oneIsOver.wait()
    guard let index = running.firstIndex(where: { $0.job.isOver }) else {
      preconditionFailure("one is over")
    }
    return running.remove(at: index)
  }

  private static func end(_ last: Running) throws {
    try last.end(Result { try last.job.end() })
  }

  /// Whether a case has room while the networks of others run.
  private func hasRoom(_ networks: [CaseNeed?], beside other: CaseNeed?) -> Bool {
    guard !networks.isEmpty else { return true }
    guard let other else { return false }
    var sum = other.besides
    for need in networks {
      guard let need else { return false }
      sum += need.networks
    }
    return budget.hasRoom(sum)
  }
}
