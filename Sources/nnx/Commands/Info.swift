import ArgumentParser
import NNXModel
import NNXStore
import NNXSystem

struct Info: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show what is known about a model.",
    usage: "nnx info <name> [--json]",
    discussion: "Where sources disagree, all of them are shown with who says what.",
    aliases: ["show"])

  @Argument(help: "Name of a model.")
  var name: String

  @OptionGroup var global: GlobalOptions

  func run() throws {
    let context = try Context(global)
    let registry = try context.openRegistry()
    let installed = try context.store().installed().first { $0.name == name && $0.isDefault }
    guard let card = registry.card(named: name) else {
      guard let installed else { throw registry.unknownModel(name) }
      context.output.text(ModelInfo.lines(installed, width: context.width))
      return context.output.json("info", ["installed": installed.listJSON])
    }
    let own = try installed ?? context.store().installed().first { $0.name == card.name }
    context.output.text(
      ModelInfo.lines(card, installed: own.map(ModelInfo.summary), width: context.width))
    context.output.json(
      "info", ["entry": card.entry, "installed": own?.listJSON ?? .null])
  }
}
