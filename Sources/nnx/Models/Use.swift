import ArgumentParser
import NNXStore
import NNXSystem

struct Use: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "use",
    abstract: "Choose which installed version a name means.",
    usage: "nnx use <name>@<version>",
    discussion: "Installing a version chooses it, too.\n\n  nnx use liver2-ct@2024.6.11")

  @Argument(help: "Name and version: liver2-ct@2024.6.11.")
  var model: String

  @OptionGroup var global: GlobalOptions

  func run() throws {
    let context = try Context(global)
    guard model.contains("@") else { throw try choice(context) }
    let chosen = try context.store().use(model)
    context.output.answer(
      "use", chosen.listJSON, quiet: [chosen.name],
      text: ["\(chosen.name) means \(chosen.version) now."])
  }

  /// The versions to choose from, when none is named.
  private func choice(_ context: Context) throws -> NNXError {
    let meant = try context.store().find(model)
    let versions = try context.store().installed().filter { $0.name == meant.name }
    return NNXError(
      .usage, "name a version of \(meant.name)",
      details: versions.map { "\($0.version)\($0.isDefault ? "  (the name means this one)" : "")" },
      fixes: versions.filter { !$0.isDefault }.prefix(1).map {
        "nnx use \(meant.name)@\($0.version)"
      })
  }
}
