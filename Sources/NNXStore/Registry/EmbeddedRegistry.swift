import CRegistry
import NNXSystem

extension Registry {
  /// The registry that this nnx was built with.
  ///
  /// - Throws: as `init(_:source:folder:)`; never in a release, because the tests read it.
  package static func embedded() throws(NNXError) -> Registry {
    let source = "the registry inside nnx"
    return try Registry(
      OrderedJSON(parsing: embeddedBytes, source: source), source: source, folder: nil)
  }

  /// `registry.json` as it was when nnx was built.
  package static var embeddedBytes: [UInt8] {
    var count = 0
    let start = unsafe nnx_registry(&count)
    return unsafe [UInt8](UnsafeBufferPointer(start: start, count: count))
  }
}
