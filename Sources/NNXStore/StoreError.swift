import NNXSystem

extension NNXError.Code {
  /// The archive breaks a rule that protects the disk; nothing was installed.
  package static let unsafeArchive = NNXError.Code("unsafe-archive", .data)
  /// The archive's data contradict its own checksums or sizes.
  package static let corruptArchive = NNXError.Code("corrupt-archive", .data)
  package static let notAZip = NNXError.Code("not-a-zip", .data)
  package static let notInstalled = NNXError.Code("not-installed", .notFound)
  package static let unreachable = NNXError.Code("unreachable", .unavailable)
  /// The host answered, and the answer is no.
  package static let hostRefused = NNXError.Code("host-refused", .unavailable)
  /// The host asks to come back later.
  package static let rateLimited = NNXError.Code("host-refused", .retry)
  package static let offline = NNXError.Code("offline", .unavailable)
  /// A host or protocol that nnx does not talk to.
  package static let forbiddenHost = NNXError.Code("forbidden-host", .unavailable)
  package static let recordNotFound = NNXError.Code("record-not-found", .notFound)
  package static let invalidReceipt = NNXError.Code("invalid-receipt", .data)
  /// The environment does not say where models belong.
  package static let noStore = NNXError.Code("no-store", .configuration)
  package static let newerStore = NNXError.Code("newer-store", .configuration)
}

extension NNXError {
  static func unsafeArchive(_ archive: String, _ reason: String) -> NNXError {
    NNXError(
      .unsafeArchive, "\(archive) is refused: \(reason)",
      details: ["Nothing was installed."],
      fixes: ["Ask the publisher for an archive that holds plain files and folders only"])
  }

  static func notAZip(_ archive: String) -> NNXError {
    NNXError(
      .notAZip, "\(archive) is no complete zip or tar file",
      fixes: ["Download it again; its end is missing or it is another kind of file"])
  }

  static func corruptArchive(_ archive: String, _ reason: String) -> NNXError {
    NNXError(
      .corruptArchive, "\(archive) is damaged: \(reason)", details: ["Nothing was installed."],
      fixes: ["Download it again"])
  }
}
