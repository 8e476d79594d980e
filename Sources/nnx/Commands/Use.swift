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

  func validate() throws {
    guard model.contains("@") else {
      throw ValidationError("name a version: nnx use \(model)@VERSION; see nnx list")
    }
  }

  func run() throws {
    let context = try Context(global)
    let chosen = try context.store().use(model)
    context.output.text(
      context.output.isQuiet ? chosen.name : "\(chosen.name) means \(chosen.version) now.")
    context.output.json("use", chosen.listJSON)
  }
}
