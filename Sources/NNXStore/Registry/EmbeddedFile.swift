import NNXSystem

/// Addresses of files that nnx carries inside its binary, so that a copied one can be tried without
/// network: the model `demo-ct` and a phantom to run it on.
enum EmbeddedFile {
  /// Begins the address of such a file; its path in the repository follows.
  static let scheme = "nnx:"

  /// The address of the file at a path in the repository; `nil` when the binary does not carry it.
  static func address(of path: String) -> String? {
    Resource(rawValue: path).map { scheme + $0.rawValue }
  }

  /// Whether an address leads to this machine: to a path, or into the binary.
  static func isLocal(_ address: String?) -> Bool {
    address.map { $0.hasPrefix("/") || $0.hasPrefix(scheme) } ?? false
  }

  /// Opens what a local address leads to.
  ///
  /// - Throws: `file-not-found`, `unreadable`.
  static func open(_ address: String) throws(NNXError) -> FileReader {
    guard address.hasPrefix(scheme) else { return try FileReader(address) }
    guard let file = Resource(rawValue: String(address.dropFirst(scheme.count))) else {
      throw NNXError(.fileNotFound, "this nnx does not carry \(address)")
    }
    return try file.open(as: address)
  }
}
