import NNXSystem

/// What engines are told of exit statuses: the one place that their files and docs/clusters.md take lists from.
extension NNXError.ExitStatus {
  /// Whether the same command would end alike, wherever it runs: an engine has nothing to try again.
  private var isFinal: Bool {
    switch self {
    case .usage, .data, .notFound, .bug, .memory, .cannotCreate, .forbidden, .configuration: true
    case .negative, .unavailable, .io, .retry, .integrity: false
    }
  }

  /// Statuses after which no engine should try again with the same resources.
  static var final: [Int32] { allCases.filter(\.isFinal).map(\.rawValue).sorted() }
}

extension CohortExit {
  /// What a shell sees of a process that SIGKILL ended, as for its memory: another worker goes on.
  static let killed: Int32 = 137

  /// Statuses after which a job begins itself again.
  static var repeated: [Int32] {
    allCases.filter(\.isWorthAnotherRun).map(\.rawValue) + [killed]
  }
}
