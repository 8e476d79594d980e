import ArgumentParser
import NNXStore
import NNXSystem

struct RegistryUpdate: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "update", abstract: "Fetch newer indexes of added registries.",
    usage: "nnx registry update [<name> ...] [--trust]",
    discussion: """
      An index never goes back: a lower version, or another content of the same version, \
      is refused, and the known one stays. New hosts need your trust.
      """)

  @Argument(help: "Names of added registries; all of them, unless given.")
  var names: [String] = []

  @Flag(help: "Trust new hosts without being asked.")
  var trust = false

  @OptionGroup var global: GlobalOptions

  func run() throws {
    let context = try Context(global)
    let shelf = try context.registryShelf()
    let records = try names.isEmpty ? shelf.records() : names.map(shelf.record)
    let view = RegistryView(context: context)
    var lines: [String] = []
    var answers: [Members] = []
    for record in records {
      let newer = try shelf.newer(record)
      if let newer {
        let added = newer.hosts.filter { !record.hosts.contains($0) }
        if !added.isEmpty {
          context.output.note("\(record.name) names new hosts: \(added.joined(separator: ", "))")
          try view.requireTrust(trust, "Trust \(record.name) with them?")
        }
      }
      try shelf.update(record, with: newer)
      lines.append(
        newer.map { "\(record.name)  version \(record.version) -> \($0.registry.version)" }
          ?? "\(record.name)  version \(record.version) is current")
      answers.append([
        "name": record.name, "from": record.version,
        "to": newer?.registry.version ?? record.version,
      ])
    }
    if records.isEmpty { lines = ["No registry was added; nnx's own comes with nnx."] }
    context.output.answer(
      "registry", ["updated": answers], quiet: records.map(\.name), text: lines)
  }
}
