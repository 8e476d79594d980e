import NNXSystem

extension NNXError.Code {
  /// The archive breaks a rule that protects the disk; nothing was installed.
  package static let unsafeArchive = NNXError.Code("unsafe-archive", .data)
  /// The archive's data contradict its own checksums or sizes.
  package static let corruptArchive = NNXError.Code("corrupt-archive", .data)
  package static let notAZip = NNXError.Code("not-a-zip", .data)
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
