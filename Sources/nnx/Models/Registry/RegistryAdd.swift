import ArgumentParser
import NNXStore
import NNXSystem

struct RegistryAdd: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Add a registry by address or file.",
    usage: "nnx registry add <source> [--name <name>] [--first] [--trust]",
    discussion: """
      Its index is fetched and shown, with the hosts that its files lie on. It is used \
      once you trust it: you are asked on a terminal, elsewhere give --trust.
      """)

  @Argument(help: "Address or path of registry.json, or of its folder.")
  var source: String

  @Option(help: ArgumentHelp("What to call it.", valueName: "name"))
  var name: String?

  @Flag(help: "Ask it before the registry that nnx comes with.")
  var first = false

  @Flag(help: "Trust it without being asked.")
  var trust = false

  @OptionGroup var global: GlobalOptions

  func run() throws {
    let context = try Context(global)
    let shelf = try context.registryShelf()
    let candidate = try shelf.examine(RegistrySource(source))
    let name = name ?? candidate.source.suggestedName
    let view = RegistryView(context: context)
    let known = try shelf.merged(with: RegistryLocation.own())
    view.announce(candidate, beside: known, isFirst: first)
    try view.requireTrust(trust, "Trust \(candidate.source.document)?")
    try shelf.add(candidate, name: name, isFirst: first)
    context.output.answer(
      "registry", view.json(candidate, name: name, beside: known), quiet: [name],
      text: ["Added \(name): \(candidate.registry.names.count) models."])
  }
}
