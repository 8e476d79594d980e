import CResources

/// Files that nnx carries inside its binary, by their path in the repository, so that a copied binary
/// needs nothing beside it.
package enum Resource: String, CaseIterable {
  case registry = "registry.json"
  case errors = "docs/errors.md"
  case licenses = "docs/licenses.md"
  case demoModel = "Models/demo-ct.zip"
  case phantom = "Models/phantom_0000.nii.gz"
  case reportScript = "Sources/CResources/report.js"
  case reportStyle = "Sources/CResources/report.css"
  case font = "Sources/CResources/font.hex"

  /// The file as it was when nnx was built.
  package var bytes: [UInt8] { unsafe [UInt8](content) }

  /// The same, as UTF-8.
  package var text: String { unsafe String(decoding: content, as: UTF8.self) }

  /// Calls `body` with the bytes where they lie.
  package func withBytes<Result>(_ body: (RawSpan) -> Result) -> Result {
    let buffer = unsafe content
    return body(unsafe buffer.bytes)
  }

  /// Opens the file as one that lies in memory.
  ///
  /// - Parameter name: what to call it in errors.
  /// - Throws: `unreadable` when the system gives no memory for it.
  package func open(as name: String) throws(NNXError) -> FileReader {
    try unsafe FileReader(inMemory: name, content)
  }

  /// Pages of the binary, which are read from the disk only when somebody looks at them.
  private var content: UnsafeRawBufferPointer {
    var count = 0
    let start = unsafe nnx_resource(rawValue, &count)
    return unsafe UnsafeRawBufferPointer(start: start, count: count)
  }
}
