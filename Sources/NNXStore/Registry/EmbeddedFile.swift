import CRegistry
import NNXSystem

/// Files that nnx carries inside its binary, so that a copied one can be tried without network: the
/// model `demo-ct` and a phantom to run it on.
package enum EmbeddedFile {
  /// Begins the address of such a file; its path in the repository follows.
  static let scheme = "nnx:"
  static let phantom = "Models/phantom_0000.nii.gz"

  /// The address of the file at a path in the repository; `nil` when the binary does not carry it.
  static func address(of path: String) -> String? {
    source(of: path) == nil ? nil : scheme + path
  }

  /// Whether an address leads to this machine: to a path, or into the binary.
  package static func isLocal(_ address: String?) -> Bool {
    address.map { $0.hasPrefix("/") || $0.hasPrefix(scheme) } ?? false
  }

  /// Opens what a local address leads to.
  ///
  /// - Throws: `file-not-found`, `unreadable`.
  package static func open(_ address: String) throws(NNXError) -> FileReader {
    guard address.hasPrefix(scheme) else { return try FileReader(address) }
    guard let source = source(of: String(address.dropFirst(scheme.count))) else {
      throw NNXError(.fileNotFound, "this nnx does not carry \(address)")
    }
    return try unsafe FileReader(inMemory: address, content(of: source))
  }

  /// The bytes of a file; `nil` when the binary does not carry it.
  static func bytes(of path: String) -> [UInt8]? {
    source(of: path).map { unsafe [UInt8](content(of: $0)) }
  }

  private enum Source { case model, phantom }

  private static func source(of path: String) -> Source? {
    switch path {
    case "Models/demo-ct.zip": .model
    case phantom: .phantom
    default: nil
    }
  }

  /// Pages of the binary, which are read from the disk only when somebody looks at them.
  private static func content(of source: Source) -> UnsafeRawBufferPointer {
    var count = 0
    let start =
      switch source {
      case .model: unsafe nnx_demo_model(&count)
      case .phantom: unsafe nnx_demo_phantom(&count)
      }
    return unsafe UnsafeRawBufferPointer(start: start, count: count)
  }
}
