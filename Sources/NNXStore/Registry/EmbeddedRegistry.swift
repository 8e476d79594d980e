import NNXSystem

extension Registry {
  /// The registry that this nnx was built with.
  ///
  /// - Throws: as `init(_:source:folder:)`; never in a release, because the tests read it.
  package static func embedded() throws(NNXError) -> Registry {
    let source = "the registry inside nnx"
    return try Registry(
      OrderedJSON(parsing: Resource.registry.bytes, source: source), source: source, folder: nil)
  }
}
