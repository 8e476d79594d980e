import NNXSystem

extension CohortPlaces {
  /// Says that a case is done; who says so first is believed.
  ///
  /// - Parameter replaces: whether a record that is there goes: its result is gone, or somebody looked again.
  /// - Returns: whether this record is the one that counts.
  /// - Throws: `cannot-write`, `no-space`, `unreadable`.
  @discardableResult
  package func publish(
    _ record: DoneRecord, _ key: CaseKey, replaces: Bool = false
  ) throws(NNXError) -> Bool {
    let path = self.record(.done, key)
    let bytes = Array((OrderedJSON(encoding: record).text() + "\n").utf8)
    let owner = record.token ?? "\(ProcessFacts.hostLabel).\(ProcessIdentity.own)"
    let isFirst = try SharedFile.publish(path, bytes, owner: owner)
    if !isFirst, replaces { try AtomicFile.write(bytes, to: path) }
    // A case that is done has not failed.
    if isFirst || replaces { try Folder.remove(self.record(.failed, key)) }
    return isFirst || replaces
  }

  /// Says that a case failed for good, unless somebody did; that it was tried says less.
  ///
  /// - Parameter owner: a name that no other process has.
  /// - Throws: `cannot-write`, `no-space`, `unreadable`.
  func publish(
    _ record: FailedRecord, _ key: CaseKey, owner: String
  ) throws(NNXError) {
    let path = self.record(.failed, key)
    let bytes = Array((OrderedJSON(encoding: record).text(pretty: true) + "\n").utf8)
    let isFirst = try SharedFile.publish(path, bytes, owner: owner)
    if !isFirst, (try? FailedRecord(contentsOf: path))?.verdict == .tried {
      try AtomicFile.write(bytes, to: path)
    }
  }

  /// Says that a case failed in a run without claims, which tries it anew each time: the last reason counts.
  ///
  /// - Throws: `cannot-write`, `no-space`.
  package func note(_ record: FailedRecord, _ key: CaseKey) throws(NNXError) {
    let path = self.record(.failed, key)
    try Folder.create(parentFolder(path))
    try AtomicFile.write(
      Array((OrderedJSON(encoding: record).text(pretty: true) + "\n").utf8), to: path)
  }
}

extension NNXError {
  /// A case that ended every worker that took it.
  static func poison(_ name: String, _ claims: [Claim]) -> NNXError {
    let ends = claims.map { claim in
      let patches = claim.done.map { " \($0)" + (claim.of.map { " of \($0)" } ?? "") } ?? ""
      return "\(claim.worker.host): \(claim.stage)\(patches)"
    }
    return NNXError(
      .poison,
      "every worker that took \(name) ended before it was done"
        + (ends.isEmpty ? "" : ": \(ends.joined(separator: ", "))"),
      fixes: [
        "See what ended them in the logs of the jobs: the memory of a job is the most frequent",
        "Try it again, with more memory: --retry-failed",
      ])
  }
}

extension NNXError.Code {
  package static let poison = NNXError.Code("poison", .data)
}
