/// The one error that nnx reports: what happened, where, and what to do about it.
///
/// Facts are collected where the error is thrown; layout and colour belong to the console.
package struct NNXError: Error, Equatable, Sendable {
  /// What kind of failure this is; also decides the exit status of the process.
  package var code: Code
  /// One line without a full stop: what happened and where.
  package var message: String
  /// Further facts, one line each: expected and found values, offsets, hosts.
  package var details: [String]
  /// What the reader can do now, one line each; commands are written so that they can be pasted.
  package var fixes: [String]
  /// Set while another try may succeed; whoever gives up takes it away.
  package var retry: Retry?

  package init(_ code: Code, _ message: String, details: [String] = [], fixes: [String] = []) {
    self.code = code
    self.message = message
    self.details = details
    self.fixes = fixes
  }

  /// The error with ways out, where it has none of its own.
  package func advising(_ fixes: String...) -> NNXError {
    var error = self
    if error.fixes.isEmpty { error.fixes = fixes }
    return error
  }

  /// When another try may succeed.
  package struct Retry: Equatable, Sendable {
    /// Seconds that must pass before it; `nil`: nobody says.
    package var wait: Double?

    package init(wait: Double? = nil) { self.wait = wait }
  }

  /// A stable name for a kind of failure (`unknown-model`), with the exit status it leads to.
  ///
  /// An open set: each room declares its own codes in an extension. Statuses follow sysexits.h.
  package struct Code: Hashable, Sendable {
    package let name: String
    package let status: ExitStatus

    package init(_ name: String, _ status: ExitStatus) {
      self.name = name
      self.status = status
    }
  }

  /// Exit statuses of the process, after sysexits.h; documented in docs/exit-codes.md.
  package enum ExitStatus: Int32, CaseIterable, Sendable {
    case negative = 1  // ran, and the answer is no
    case usage = 64
    case data = 65  // input or model cannot be used
    case notFound = 66
    case unavailable = 69  // source not reachable
    case bug = 70
    case memory = 71
    case cannotCreate = 73
    case io = 74  // disk full, read or write error
    case retry = 75
    case integrity = 76  // bytes differ from what was promised
    case forbidden = 77  // licence not accepted
    case configuration = 78
  }
}

extension NNXError.Code {
  package static let usage = NNXError.Code("usage", .usage)
  package static let fileNotFound = NNXError.Code("file-not-found", .notFound)
  static let cannotRead = NNXError.Code("cannot-read", .notFound)
  package static let unreadable = NNXError.Code("unreadable", .io)
  package static let cannotWrite = NNXError.Code("cannot-write", .cannotCreate)
  package static let outputExists = NNXError.Code("output-exists", .cannotCreate)
  package static let noSpace = NNXError.Code("no-space", .io)
  package static let integrity = NNXError.Code("integrity", .integrity)
  package static let lockedBy = NNXError.Code("locked-by", .retry)
  /// A file is no record of a run, or the record of another one.
  package static let invalidRecord = NNXError.Code("invalid-record", .data)
  static let invalidJSON = NNXError.Code("invalid-json", .data)
  package static let missingLibrary = NNXError.Code("missing-library", .configuration)
  package static let bug = NNXError.Code("bug", .bug)
}
