import NNXSystem

extension NNXError.Code {
  package static let notInstalled = NNXError.Code("not-installed", .notFound)
  static let unreachable = NNXError.Code("unreachable", .unavailable)
  /// The host answered, and the answer is no.
  static let hostRefused = NNXError.Code("host-refused", .unavailable)
  /// The host asks to come back later.
  static let rateLimited = NNXError.Code("host-refused", .retry)
  package static let offline = NNXError.Code("offline", .unavailable)
  /// A host or protocol that nnx does not talk to.
  static let forbiddenHost = NNXError.Code("forbidden-host", .unavailable)
  static let recordNotFound = NNXError.Code("record-not-found", .notFound)
  static let invalidReceipt = NNXError.Code("invalid-receipt", .data)
  /// The environment does not say where models belong.
  static let noStore = NNXError.Code("no-store", .configuration)
  static let newerStore = NNXError.Code("newer-store", .configuration)
}
