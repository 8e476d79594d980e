import ArgumentParser
import NNXStore
import NNXSystem

struct RegistryList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the registries in use, by priority.",
    usage: "nnx registry list [--json]", aliases: ["ls"])

  @OptionGroup var global: GlobalOptions

  func run() throws {
    let context = try Context(global)
    let registries = try context.openRegistry().parts
    let records = try context.registryShelf().records()
    func checked(_ registry: Registry) -> String? {
      records.first { $0.name == registry.name && $0.source.document == registry.source }?.checked
    }
    var table = Table(
      [
        .left("NAME"), .right("VERSION"), .left("UPDATED", rank: 0), .left("CHECKED", rank: 1),
        .right("MODELS"), .left("SOURCE", minimum: 24),
      ], in: context)
    for registry in registries {
      table.add([
        registry.name, "\(registry.version)", registry.updated,
        checked(registry).map { String($0.prefix(10)) } ?? "with nnx",
        "\(registry.names.count)", registry.source,
      ])
    }
    context.output.answer(
      "registry",
      [
        "registries": registries.map {
          [
            "name": $0.name, "version": $0.version,
            "updated": $0.updated, "checked": checked($0),
            "models": $0.names.count,
            "source": $0.source,
          ] as Members
        }
      ], quiet: registries.map(\.name), text: table.lines)
  }
}
