import Dispatch
import NNXSystem
import NNXTensor

/// Cases one after the other. While the networks of one run, on a thread of their own, the caller's thread brings the
/// case before it to its end and begins the one after it; at most one of the two is in memory beside it.
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

  private let overlaps: Bool
  private let lead: Lead
  private let budget: MemoryBudget
  private let queue = DispatchQueue(label: "networks", qos: .userInitiated)
  private let shelf = NetworkShelf()
  /// Of the case that has the networks.
  private var current: (job: NetworkJob, end: (Result<Predictor.Result, any Error>) throws -> Void)?
  /// Seconds that beginning a case takes, as the last ones took; since when the caller has its thread.
  private var beginning = 0.0
  private var returned = ProcessFacts.monotonicSeconds

  /// - Parameter overlaps: whether there is more than one case to do, and nothing against it.
  init(overlaps: Bool, lead: Lead, _ budget: MemoryBudget) {
    (self.overlaps, self.lead, self.budget) = (overlaps, lead, budget)
  }

  /// Seconds that the networks which run take until another case could have them.
  var secondsLeft: Double { current.map { $0.job.secondsLeft ?? beginning } ?? 0 }

  /// Begins a case, after the one that has the networks where both have no room.
  ///
  /// - Parameters:
  ///   - need: of the case; `nil`: it is done alone.
  ///   - make: begins it; is given the threads that it may use and where networks stay.
  /// - Throws: what ending the case before does.
  func begin<Made>(
    _ need: CaseNeed?, threads: Threads,
    _ make: (_ besides: Threads, _ shelf: NetworkShelf?) -> Made
  ) throws -> Made {
    guard overlaps, let need else {
      try finish()
      return make(threads, nil)
    }
    if let current, !hasRoom(current.job.need, beside: need) { try finish() }
    // The networks keep most of the threads.
    return make(Threads(threads.count / 4), shelf)
  }

  /// Gives a case the networks when they are free, and brings the one before it to its end.
  ///
  /// - Parameters:
  ///   - starts: called when its networks do.
  ///   - end: is given what became of it; called on this thread, by a later call.
  /// - Throws: what `end` of the case before throws.
  func add(
    _ job: NetworkJob, starts: () -> Void,
    end: @escaping (Result<Predictor.Result, any Error>) throws -> Void
  ) throws {
    beginning = max(beginning / 2, ProcessFacts.monotonicSeconds - returned)
    defer { returned = ProcessFacts.monotonicSeconds }
    let need = job.need
    let before = current
    before?.job.isOver.wait()
    current = (job, end)
    if let before, !hasRoom(need, beside: before.job.need) {
      shelf.clear()
      try Self.end(before)
      start(job, starts)
    } else {
      start(job, starts)
      if let before { try Self.end(before) }
    }
    guard overlaps, need != nil else { return try finish() }
    if lead == .late { job.isNearEnd.wait() }
  }

  /// Brings the case that has the networks to its end.
  ///
  /// - Throws: what its `end` throws.
  func finish() throws {
    guard let last = current else { return }
    last.job.isOver.wait()
    current = nil
    shelf.clear()
    defer { returned = ProcessFacts.monotonicSeconds }
    try Self.end(last)
  }

  /// Seconds before the end of the networks that the next case is begun in, where others may take it meanwhile: it is
  /// held as shortly as the networks' never waiting for it allows.
  ///
  /// - Parameter beginning: seconds that beginning a case takes.
  static func lead(_ beginning: Double) -> Double { 2 * beginning }

  private func start(_ job: NetworkJob, _ starts: () -> Void) {
    starts()
    job.begin(warning: Self.lead(beginning))
    if overlaps { queue.async { job.run() } } else { job.run() }
  }

  private static func end(
    _ last: (job: NetworkJob, end: (Result<Predictor.Result, any Error>) throws -> Void)
  ) throws {
    try last.end(Result { try last.job.end() })
  }

  /// Whether a case has room while the networks of another run.
  private func hasRoom(_ networks: CaseNeed?, beside other: CaseNeed?) -> Bool {
    guard let networks, let other else { return false }
    let sum = networks.networks + other.besides
    return budget.limit.map { Estimate.fits(sum, below: $0) }
      ?? (sum <= ProcessFacts.allowedMemory / 2)
  }
}
