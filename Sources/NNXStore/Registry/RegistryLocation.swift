import NNXSystem

/// Where the registry is read from.
package enum RegistryLocation: Equatable, Sendable {
  case file(String)
  /// The copy inside the binary.
  case embedded

  /// Decides, in this order: what the user named, `share/nnx` beside the executable's folder, the
  /// repository that it was built in, the copy inside the binary.
  ///
  /// - Parameters:
  ///   - option: `--registry`, or else `NNX_REGISTRY`: a file, or a folder with `registry.json`.
  ///   - executable: path of the running binary, links resolved.
  /// - Throws: `file-not-found` when the named registry is not there; `usage` for an address.
  package static func find(
    option: String?, executable: String?
  ) throws(NNXError) -> RegistryLocation {
    if let option { return .file(try named(option)) }
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

  private static func named(_ option: String) throws(NNXError) -> String {
    if option.contains("://") {
      throw NNXError(
        .usage, "'\(option)' is an address; a registry is read from a file",
        fixes: ["Download it, and name the file: --registry registry.json"])
    }
    let path = Folder.isFolder(option) == true ? option + "/registry.json" : option
    guard Folder.isFolder(path) == false else {
      throw NNXError(
        .fileNotFound, "there is no registry at \(path)",
        fixes: ["Without --registry and NNX_REGISTRY, nnx uses the registry it came with"])
    }
    return path
  }
}

extension Registry {
  /// Reads the registry that this process should use.
  ///
  /// - Parameters:
  ///   - option: what `--registry` named; `nil`: see `NNX_REGISTRY`, then the files of nnx.
  ///   - environment: `NNX_REGISTRY`.
  /// - Throws: as `RegistryLocation.find` and `Registry.init(contentsOf:)`.
  package static func open(
    option: String?, environment: [String: String]
  ) throws(NNXError) -> Registry {
    let named = option ?? environment["NNX_REGISTRY"].flatMap { $0.isEmpty ? nil : $0 }
    switch try RegistryLocation.find(option: named, executable: ProcessFacts.executablePath) {
    case .file(let path): return try Registry(contentsOf: path)
    case .embedded: return try embedded()
    }
  }
}
