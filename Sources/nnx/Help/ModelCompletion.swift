import ArgumentParser
import NNXModel
import NNXStore
import NNXSystem

/// What the shell offers behind a verb. Whatever goes wrong offers nothing: a shell that waits for a
/// word is no place for messages.
extension CompletionKind {
  /// Names of installed models.
  static var installedModels: CompletionKind { .custom { _, _, _ in installedNames() } }

  /// Names of the registry.
  static var registryModels: CompletionKind { .custom { _, _, _ in registryNames() } }

  /// Both.
  static var models: CompletionKind {
    .custom { _, _, _ in Array(Set(installedNames() + registryNames())).sorted() }
  }
}

private func installedNames() -> [String] {
  guard let location = try? StoreLocation(environment: processEnvironment(), override: nil)
  else { return [] }
  return ((try? Store(location).installed()) ?? []).filter(\.isDefault).map(\.name)
}

private func registryNames() -> [String] {
  let named = processEnvironment()["NNX_REGISTRY"].flatMap { $0.isEmpty ? nil : $0 }
  // A shell does not wait for the network.
  let registry =
    if let named { try? Registry(contentsOf: RegistrySource(named).document) } else {
      try? RegistryLocation.own()
    }
  return registry?.names ?? []
}
