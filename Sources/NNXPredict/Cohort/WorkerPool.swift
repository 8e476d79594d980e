import Glibc
import NNXSystem

/// One worker of a pool: takes case after case of a cohort until nothing is left for it.
package final class WorkerPool {
  private let board: ClaimBoard
  private let items: [Item]
  private let work: Work
  private let options: Options
  private let tell: (Int, Event) -> Void
  private var places: CohortPlaces { board.places }

  /// Cases of which all is known.
  private var settled: Set<Int> = []
  /// Generation of the record of a case whose result is gone.
  private var void: [Int: Int] = [:]
  /// Claims of the cases that are begun and not at their end.
  private var underWay: [Int: HeldClaim] = [:]
  /// Found out by trying.
  private var obstacles: [Int: Obstacle] = [:]
  private var end = End()

  /// - Parameter tell: of what became of each case.
  package init(
    _ board: ClaimBoard, _ items: [Item], _ work: Work, _ options: Options = .init(),
    tell: @escaping (Int, Event) -> Void = { _, _ in }
  ) {
    (self.board, self.items, self.work, self.options) = (board, items, work, options)
    self.tell = tell
  }

  /// Works until nothing is left for this worker.
  ///
  /// - Throws: what stands in the way of all cases.
  package func run() throws -> End {
    do { return try workThrough() } catch {
      for claim in underWay.values { claim.release() }
      throw error
    }
  }

  private func workThrough() throws -> End {
    let order = WorkOrder(items.map(\.cost), worker: options.worker)
    if options.retriesFailed { try forgive() }
    var isFirst = true
    /// When there was first nothing to do.
    var idle: Double?
    while true {
      let look = try self.look(order.look(isFirst: isFirst))
      isFirst = false
      if !look.didWork, !underWay.isEmpty {
        try work.finish()
        continue
      }
      (end.held, end.tooLarge, end.tooLong) = (look.held, look.tooLarge, look.tooLong)
      if look.isCut {
        idle = nil
        // A folder of a network may show late what others made.
        if look.isLate { options.sleep(min(1, board.times.poll / 10)) }
        continue
      }
      guard look.held > 0, options.wait != .no else { break }
      let now = ProcessFacts.monotonicSeconds
      if options.wait == .whileNeeded, now - (idle ?? now) > 2 * board.times.stale { break }
      idle = idle ?? now
      options.sleep(board.times.poll)
    }
    return end
  }

  private struct Look {
    var held = 0
    var tooLarge = 0
    var tooLong = 0
    /// Whether it ended before its end, because others went on or this worker did something.
    var isCut = false
    /// Whether the listing missed many claims of others.
    var isLate = false
    /// Whether this worker took a case.
    var didWork = false
  }

  /// Goes through the cases once and does what it can.
  private func look(_ order: [Int]) throws -> Look {
    let listing = try CohortListing(places)
    let listed = ProcessFacts.monotonicSeconds
    var look = Look()
    var lost = 0
    let unchanged = work.unchanged(
      order.filter {
        !settled.contains($0) && underWay[$0] == nil && void[$0] == nil
          && listing.done.contains(items[$0].key.text)
      })
    for index in order where !settled.contains(index) && underWay[index] == nil {
      if unchanged.contains(index) {
        settle(index, .done)
        continue
      }
      let item = items[index]
      if try isSettled(index, listing) { continue }
      switch obstacles[index] ?? work.obstacle(index) {
      case .memory:
        look.tooLarge += 1
        continue
      case .time:
        look.tooLong += 1
        continue
      case nil: break
      }
      // What the listing does not know yet, others may have.
      if lost >= 16
        || (look.didWork && ProcessFacts.monotonicSeconds - listed > board.times.listing)
      {
        (look.isCut, look.isLate) = (true, lost >= 16 && !look.didWork)
        break
      }
      let history = listing.claims[item.key.text] ?? CaseHistory()
      if history.top > 0, !history.isReleased, void[index] == nil, isDone(item) {
        (look.isCut, look.isLate) = (true, true)
        continue
      }
      let answer = try board.claim(
        item.key, history, name: item.name, forgiven: void[index] ?? 0, folder: item.folder)
      switch answer {
      case .held: look.held += 1
      case .lost: (lost, look.held) = (lost + 1, look.held + 1)
      case .exhausted(let attempts, let claims): try exhaust(index, attempts, claims)
      case .claimed(let claim):
        (lost, look.didWork) = (0, true)
        try begin(index, claim)
      }
    }
    look.isCut = look.isCut || look.didWork
    if !look.isCut, look.held == 0, underWay.isEmpty { clean(listing) }
    return look
  }

  /// Whether records tell all of a case.
  private func isSettled(_ index: Int, _ listing: CohortListing) throws -> Bool {
    let item = items[index]
    if listing.done.contains(item.key.text) {
      switch try finding(index) {
      case .done:
        settle(index, .done)
        return true
      case .refused(let error):
        settle(index, .refused(error))
        return true
      case .void: break
      }
    }
    guard listing.failed.contains(item.key.text),
      let record = try? FailedRecord(contentsOf: places.record(.failed, item.key)),
      record.verdict != .tried
    else { return false }
    settle(index, .failed(record))
    return true
  }

  /// What a record is worth that says that a case is done.
  private func finding(_ index: Int) throws -> Finding {
    // A record that is none is no reason to leave a case out.
    let record = try? DoneRecord(contentsOf: places.record(.done, items[index].key))
    let generation = record?.generation ?? 0
    // Of a result that is gone, still.
    if let old = void[index], generation <= old { return .void }
    let finding = try record.map { try work.look(index, $0) } ?? .void
    if case .void = finding { void[index] = generation }
    return finding
  }

  /// Whether a record says so by now.
  private func isDone(_ item: Item) -> Bool { Folder.kind(places.record(.done, item.key)) != nil }

  private func settle(_ index: Int, _ event: Event) {
    settled.insert(index)
    switch event {
    case .made, .done: end.done += 1
    case .failed, .refused: end.failed += 1
    case .attempt, .takenOver: break
    }
    tell(index, event)
  }

  private func begin(_ index: Int, _ claim: HeldClaim) throws {
    if void[index] == nil, isDone(items[index]) {
      // Done since the listing.
      return claim.release()
    }
    underWay[index] = claim
    try work.run(index, claim) { [self] in try close(index, claim, $0) }
  }

  /// Records how a case ended that this worker held.
  private func close(_ index: Int, _ claim: HeldClaim, _ ending: Ending) throws {
    let item = items[index]
    switch ending {
    case .done(var record):
      (record.generation, record.token) = (claim.generation, claim.token)
      let isFirst = try places.publish(record, item.key, replaces: void[index] != nil)
      claim.finish()
      settle(index, isFirst ? .made : .done)
    case .failed(let error): try fail(index, .input, error, claim)
    case .attempt(let error):
      let history = try CohortListing.history(item.key, places)
      let attempts = history.unreleased(above: void[index] ?? 0).count
      guard attempts >= board.times.attempts else {
        claim.giveUp()
        underWay[index] = nil
        return tell(index, .attempt(error))
      }
      try fail(index, .poison, error, claim, attempts: attempts)
    case .obstacle(let obstacle):
      obstacles[index] = obstacle
      claim.release()
    case .refused(let error):
      claim.release()
      settle(index, .refused(error))
    case .takenOver:
      claim.finish()
      tell(index, .takenOver)
    }
    underWay[index] = nil
  }

  private func fail(
    _ index: Int, _ verdict: FailedRecord.Verdict, _ error: NNXError, _ claim: HeldClaim?,
    attempts: Int = 1
  ) throws(NNXError) {
    let record = FailedRecord(
      case: items[index].name, verdict, error, attempts: attempts, generation: claim?.generation,
      host: board.identity.host, jobId: board.identity.jobId, when: ProcessFacts.timestamp)
    try places.publish(record, items[index].key, owner: board.token)
    claim?.finish()
    settle(index, .failed(record))
  }

  /// Nobody who took the case came to its end.
  private func exhaust(_ index: Int, _ attempts: Int, _ claims: [Claim]) throws(NNXError) {
    try fail(index, .poison, .poison(items[index].name, claims), nil, attempts: attempts)
  }

  /// Takes records of failures away, so that their cases are tried again: those of other jobs than this worker's,
  /// whose workers all begin so.
  private func forgive() throws(NNXError) {
    let failed = try CohortListing(places).failed
    for item in items where failed.contains(item.key.text) {
      let path = places.record(.failed, item.key)
      guard let record = try? FailedRecord(contentsOf: path),
        record.jobId == nil || record.jobId != board.identity.jobId
      else { continue }
      for generation in try CohortListing.history(item.key, places).unreleased() {
        _ = try SharedFile.claim(places.release(item.key, generation), [])
      }
      try Folder.remove(path)
    }
  }

  /// Removes what killed workers left among the records, where nobody writes any more.
  private func clean(_ listing: CohortListing) {
    guard !listing.leftovers.isEmpty, let now = try? board.now() else { return }
    for path in listing.leftovers {
      guard let changed = SharedFile.changed(path), now - changed > board.times.stale else {
        continue
      }
      try? Folder.remove(path)
    }
  }
}
