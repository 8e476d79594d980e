import ArgumentParser
import NNXStore
import NNXSystem

struct RegistryRemove: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove", abstract: "Forget a registry; installed models stay.",
    usage: "nnx registry remove <name>", aliases: ["rm"])

  @Argument(help: "Name of an added registry.")
  var name: String

  @OptionGroup var global: GlobalOptions

  func run() throws {
    let context = try Context(global)
    try context.registryShelf().remove(name)
    context.output.answer(
      "registry", ["removed": name], quiet: [name], text: ["Removed \(name)."])
  }
}
