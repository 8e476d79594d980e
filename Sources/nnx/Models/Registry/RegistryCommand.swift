import ArgumentParser

/// `nnx registry …`: each subcommand has a file of its own.
struct RegistryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "registry",
    abstract: "Manage where models are looked up.",
    discussion: """
      nnx comes with a registry. Others can be added by address or file; of a name that \
      two of them have, the first one's model counts, and REGISTRY/NAME selects another's.
      """,
    subcommands: [
      RegistryList.self, RegistryShow.self, RegistryAdd.self, RegistryRemove.self,
      RegistryUpdate.self, RegistryLintCommand.self, RegistryPinCommand.self,
    ])
}
