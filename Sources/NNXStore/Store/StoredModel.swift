import NNXSystem

/// One version of a model that lies in the store, whether it can be read or not.
package struct StoredModel: Sendable {
  package let name: String
  package let version: String
  /// The model's folder.
  package let path: String
  /// Whether it lies in one of the read-only shared stores.
  package let isShared: Bool
  private let content: Result<InstalledModel, NNXError>

  init(
    name: String, version: String, path: String, isShared: Bool,
    _ content: () throws(NNXError) -> InstalledModel
  ) {
    self.name = name
    self.version = version
    self.path = path
    self.isShared = isShared
    do throws(NNXError) { self.content = .success(try content()) } catch {
      var error = error
      // A model of a newer nnx is not damaged, and says itself what to do.
      if error.code != .newerStore, !isShared {
        error.fixes = [
          "Install it again: nnx install --force \(name), or from its file with --name \(name)",
          "Or remove it: nnx uninstall \(name)@\(version)",
        ]
      }
      self.content = .failure(error)
    }
  }

  /// `nil` when its receipt cannot be read.
  package var model: InstalledModel? { try? content.get() }

  /// Why it cannot be read.
  package var problem: NNXError? {
    guard case .failure(let problem) = content else { return nil }
    return problem
  }

  /// Whether a text that names a model means it: `liver2-ct`, `liver2-ct@2024.6.11`.
  package func isMeant(by text: String) -> Bool {
    let parts = text.split(separator: "@", maxSplits: 1)
    return name == (parts.first ?? "").lowercased() && (parts.count < 2 || parts[1] == version)
  }
}
