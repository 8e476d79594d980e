import NNXSystem

extension Registry {
  /// The registry that this nnx was built with: checked by the tests, read piece by piece.
  ///
  /// - Throws: `invalid-registry`; never in a release.
  package static func embedded() throws(NNXError) -> Registry {
    try Registry(RegistryText(source: "the registry inside nnx"), folder: nil)
  }

  /// The registry in a file that lies beside this nnx: the same bytes as the embedded one need no second
  /// check.
  ///
  /// - Throws: as `init(contentsOf:)`.
  static func beside(_ path: String) throws(NNXError) -> Registry {
    let file = try MappedFile(path)
    let isOurs = file.withBytes { theirs in Resource.registry.withBytes { theirs.isEqual(to: $0) } }
    guard isOurs else { return try Registry(contentsOf: path) }
    return try Registry(
      RegistryText(source: path), folder: Folder.absolute(parentFolder(path)))
  }
}
