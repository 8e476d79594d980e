import ArgumentParser
import NNXModel
import NNXStore
import NNXSystem

struct RegistryShow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show a registry: its models, hosts, and name clashes.",
    usage: "nnx registry show [<name>] [--json]")

  @Argument(help: "Name of a registry; nnx's own, unless given.")
  var name = Registry.ownName

  @OptionGroup var global: GlobalOptions

  func run() throws {
    let context = try Context(global)
    let all = try context.openRegistry()
    guard let registry = all.parts.first(where: { $0.name == name }) else {
      throw NNXError(
        .unknownRegistry, "no registry is called '\(name.excerpt)'",
        details: ["In use: \(all.parts.map(\.name).joined(separator: ", "))"],
        fixes: ["Add one with: nnx registry add ADDRESS"])
    }
    let record = try context.registryShelf().records().first { $0.name == name }
    let hidden = registry.models.filter { all.card(named: $0.name) != $0 }
    var fields = FieldList(width: context.width)
    fields.add("source", registry.source)
    fields.add("version", "\(registry.version), of \(registry.updated)")
    fields.add("checked", record?.checked)
    fields.add("sha256", record?.sha256)
    fields.add(
      "hosts",
      (["zenodo.org", "github.com", "huggingface.co"] + (record?.hosts ?? [])).joined(
        separator: ", "))
    fields.add("models", registry.names.joined(separator: ", "))
    fields.add(
      "hidden", hidden.map { "\($0.name): another registry's comes first; \(name)/\($0.name)" })
    context.output.answer(
      "registry",
      [
        "name": name, "source": registry.source,
        "version": registry.version, "updated": registry.updated,
        "checked": record?.checked, "sha256": record?.sha256,
        "hosts": record?.hosts ?? [],
        "models": registry.names,
        "hidden": hidden.map(\.name),
      ], quiet: registry.names, text: [name] + fields.lines)
  }
}
