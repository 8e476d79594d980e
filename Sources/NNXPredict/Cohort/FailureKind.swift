import NNXSystem

/// What the error of a case says of other tries, without claims and with them.
enum FailureKind: Equatable {
  /// The images cannot be used: another try reads the same.
  case input
  /// Another try may do better: images that were there a moment ago come back with their disk.
  case attempt
  /// It needs more memory than there is.
  case memory
  /// What lies at its output stays there: not a fact of the case, but of this command.
  case refused
  /// It stands in the way of all cases.
  case all

  init(_ error: NNXError) {
    switch error.code {
    case .outputExists: self = .refused
    case .noSpace: self = .all
    default:
      switch error.code.status {
      case .data, .integrity, .negative, .usage: self = .input
      case .memory: self = .memory
      case .notFound, .bug, .retry, .io: self = .attempt
      case .cannotCreate, .configuration, .unavailable, .forbidden: self = .all
      }
    }
  }
}
