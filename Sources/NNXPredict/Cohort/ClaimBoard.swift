import NNXSystem

/// The claims of a cohort, as one worker sees and makes them (docs/format/cohort.md).
///
/// Who makes the file of the next generation owns the case: of any number of workers exactly one can. Whether another
/// worker lives is told by the times of files in the shared folder alone; no two machines' clocks are compared.
package final class ClaimBoard: Sendable {
  /// What became of the wish for a case.
  enum Answer {
    case claimed(HeldClaim)
    /// Another worker is at it.
    case held
    /// Another worker was faster.
    case lost
    /// So many workers took it and did not give it back that nobody should any more; the claims that can be read.
    case exhausted(attempts: Int, [Claim])
  }

  let places: CohortPlaces
  let identity: WorkerIdentity
  let times: ClaimTimes
  /// One for each worker.
  let token: String
  private let isGone: @Sendable (_ pid: Int, _ start: Int?) -> Bool

  /// - Parameters:
  ///   - token: a name that no other process has.
  ///   - isGone: whether the process of that number, begun at that time, is no more.
  package init(
    _ places: CohortPlaces, _ identity: WorkerIdentity, _ times: ClaimTimes,
    token: String = String(UInt64.random(in: .min ... .max), radix: 36),
    isGone: @escaping @Sendable (_ pid: Int, _ start: Int?) -> Bool = { pid, start in
      let now = ProcessIdentity.start(of: pid)
      return now == nil || (start != nil && now != start)
    }
  ) {
    (self.places, self.identity, self.times, self.token) = (places, identity, times, token)
    self.isGone = isGone
  }

  /// What time it is for the folder's own system, in seconds.
  func now() throws(NNXError) -> Double { try SharedFile.now("\(places.root)/clock") }

  /// Tries to take a case.
  ///
  /// - Parameters:
  ///   - history: as it was listed; others may have gone on since.
  ///   - name: of the case, for people.
  ///   - forgiven: generations up to this one do not count as attempts.
  ///   - folder: of its result, where workers leave hidden folders when they are killed.
  /// - Throws: `cannot-write`, `no-space`, `unreadable`.
  func claim(
    _ key: CaseKey, _ history: CaseHistory, name: String, forgiven: Int = 0, folder: String
  ) throws(NNXError) -> Answer {
    let earlier = history.unreleased(above: forgiven)
    if history.top > 0, !history.isReleased, history.top > forgiven,
      try isAlive(places.claim(key, history.top))
    {
      return .held
    }
    guard earlier.count < times.attempts else {
      let claims = earlier.compactMap { Claim(contentsOf: places.claim(key, $0)) }
      for claim in claims { clean(after: claim.token, key, folder) }
      return .exhausted(attempts: earlier.count, claims)
    }
    let claim = Claim(token: token, case: name, worker: identity, stale: times.stale)
    let generation = history.top + 1
    let held = try Interruption.deferred { () throws(NNXError) -> HeldClaim? in
      let held = HeldClaim(claim, key, generation, isRetry: !earlier.isEmpty, self)
      guard try held.take() else { return nil }
      CurrentClaims.hold(held)
      return held
    }
    guard let held else { return .lost }
    for old in earlier {
      guard let claim = Claim(contentsOf: places.claim(key, old)) else { continue }
      clean(after: claim.token, key, folder)
    }
    return .claimed(held)
  }

  /// Whether whoever made a claim may still be at work.
  ///
  /// - Throws: `cannot-write`, `no-space`.
  func isAlive(_ path: String) throws(NNXError) -> Bool {
    let claim = Claim(contentsOf: path)
    if let claim {
      // Its own worker gave it up, or it would not ask.
      if claim.token == token { return false }
      if claim.worker.isOver(for: identity, isGone: isGone) { return false }
    }
    // What vanished is nobody's to judge.
    guard let beat = SharedFile.changed(path) else { return true }
    return try now() - beat <= max(times.stale, claim?.stale ?? 0)
  }

  /// Removes what a worker left that was killed over a case.
  private func clean(after token: String, _ key: CaseKey, _ folder: String) {
    guard token != self.token, token.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) })
    else { return }
    try? Folder.remove(StagedFiles.stage(of: token, in: folder))
    for kind in [CohortPlaces.Kind.done, .failed] {
      try? Folder.remove(SharedFile.temporary(of: places.record(kind, key), owner: token))
    }
  }
}
