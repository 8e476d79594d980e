import NNXSystem

/// What stands in the record of a case that failed for good, `nnx.failed/1`.
package struct FailedRecord: Codable, Equatable, Sendable {
  /// Why no worker tries it again.
  package enum Verdict: String, Codable, Sendable {
    /// Its images cannot be used: another try reads the same.
    case input
    /// Every worker that took it ended, or met an error that is not the images'.
    case poison
    /// A run without claims met an error that another try may not meet: workers do try.
    case tried
  }

  package var schema = "nnx.failed/1"
  package var `case`: String
  package var verdict: Verdict
  /// Exit status that the case would have by itself.
  package var status: Int
  /// Code of the error (docs/errors.md); of a worker that was killed `poison`.
  package var code: String
  package var message: String
  /// What to do, one line each.
  package var advice: [String]
  /// How many workers took it and did not give it back.
  package var attempts: Int
  /// The claim that it failed under.
  package var generation: Int?
  package var host: String
  /// Number of the engine's job, so that `--retry-failed` of one job tries each case once.
  package var jobId: String?
  /// UTC, by the clock of that machine.
  package var when: String

  package init(
    case name: String, _ verdict: Verdict, _ error: NNXError, attempts: Int, generation: Int?,
    host: String, jobId: String?, when: String
  ) {
    (self.case, self.verdict, self.attempts, self.generation) = (
      name, verdict, attempts, generation
    )
    (self.host, self.jobId, self.when) = (host, jobId, when)
    (status, code) = (Int(error.code.status.rawValue), error.code.name)
    (message, advice) = (error.message, error.fixes)
  }

  /// Of a run without claims; `nil` where the error says nothing of the case: another command may do it.
  package init?(case name: String, _ error: NNXError) {
    let verdict: Verdict
    switch FailureKind(error) {
    case .input: verdict = .input
    case .attempt, .memory: verdict = .tried
    case .refused, .all: return nil
    }
    self.init(
      case: name, verdict, error, attempts: 1, generation: nil, host: ProcessFacts.hostName,
      jobId: nil, when: ProcessFacts.timestamp)
  }

  /// - Throws: `file-not-found`, `unreadable`, `invalid-json`; `invalid-record` for another file.
  package init(contentsOf path: String) throws(NNXError) {
    let json = try OrderedJSON(contentsOf: path)
    do throws(DocumentProblem) { self = try json.decode() } catch {
      throw NNXError(.invalidRecord, "\(path) is no record of a case: \(error.words)")
    }
    guard schema.hasPrefix("nnx.failed/") else {
      throw NNXError(.invalidRecord, "\(path) is no record of a case that failed")
    }
  }
}
