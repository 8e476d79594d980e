import NNXSystem

/// Where the registry is read from.
package enum RegistryLocation: Equatable, Sendable {
  case file(String)
  /// The copy inside the binary.
  case embedded

  /// Decides, in this order: `share/nnx` beside the executable's folder, the repository that it was
  /// built in, the copy inside the binary.
  ///
  /// - Parameter executable: path of the running binary, links resolved.
  package static func find(executable: String?) -> RegistryLocation {
    guard let executable else { return .embedded }
    let folder = parentFolder(executable)
    var candidates = [parentFolder(folder) + "/share/nnx"]
    let parts = folder.split(separator: "/")
    if let build = parts.firstIndex(of: ".build") {
      candidates.append("/" + parts[..<build].joined(separator: "/"))
    }
    let paths = candidates.map { $0 + "/registry.json" }
    return paths.first { Folder.isFolder($0) == false }.map { .file($0) } ?? .embedded
  }

  /// The registry that this nnx comes with.
  ///
  /// - Throws: as `Registry.init(contentsOf:)`.
  package static func own() throws(NNXError) -> Registry {
    switch find(executable: ProcessFacts.executablePath) {
    case .file(let path): return try Registry.beside(path)
    case .embedded: return try Registry.embedded()
    }
  }
}
