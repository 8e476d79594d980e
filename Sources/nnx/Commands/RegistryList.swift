import ArgumentParser
import NNXStore
import NNXSystem

struct RegistryList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the registries in use, by priority.",
    usage: "nnx registry list [--json]", aliases: ["ls"])

  @OptionGroup var global: GlobalOptions

  func run() throws {
    let context = Context(global)
    let registries = try context.openRegistry().parts
    var table = Table([
      ("NAME", .left), ("VERSION", .right), ("UPDATED", .left), ("MODELS", .right),
      ("SOURCE", .left),
    ])
    for registry in registries {
      table.add([
        registry.name, "\(registry.version)", registry.updated, "\(registry.models.count)",
        registry.source,
      ])
    }
    context.output.text(context.output.isQuiet ? registries.map(\.name) : table.lines)
    context.output.json(
      "registry",
      [
        "registries": .array(
          registries.map {
            [
              "name": .string($0.name), "version": .int($0.version),
              "updated": .string($0.updated), "models": .int($0.models.count),
              "source": .string($0.source),
            ]
          })
      ])
  }
}
