import NNXSystem

/// Exit statuses of `nnx predict --claim`: what an engine may rely on. The documentation (docs/cohorts.md) and
/// the job files that nnx prints are made of this table.
package enum CohortExit: Int32, CaseIterable, Sendable {
  case done = 0
  case failed = 65
  case tooLarge = 71
  case again = 75

  /// In words, as docs/cohorts.md has them.
  package var meaning: String {
    switch self {
    case .done: "nothing is left for this worker"
    case .failed: "nothing is left, and some cases failed for good"
    case .tooLarge: "only cases are left that need more memory than this worker has"
    case .again: "interrupted, or too little time for what is left: run it again"
    }
  }

  /// Whether an engine should begin the same command again as it is.
  var isWorthAnotherRun: Bool { self == .again }
}
