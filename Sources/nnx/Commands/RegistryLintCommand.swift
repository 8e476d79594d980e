import ArgumentParser
import NNXStore
import NNXSystem

struct RegistryLintCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lint", abstract: "Compare entries with the archives themselves.",
    usage: "nnx registry lint <name> ... | --all [--archive <file>]",
    discussion: """
      Reads the directory of each archive and the small files in it, by range requests: \
      a few hundred kilobytes for an archive of a gigabyte. Exit status 1 when an entry \
      says something else than its archive.
      """)

  @Argument(help: "Entries to compare.")
  var names: [String] = []

  @Flag(help: "Compare every entry.")
  var all = false

  @Option(help: ArgumentHelp("The archive, when it lies here.", valueName: "file"))
  var archive: String?

  @OptionGroup var global: GlobalOptions

  func validate() throws {
    guard all != !names.isEmpty else { throw ValidationError("Give names, or --all.") }
    guard archive == nil || names.count == 1 else {
      throw ValidationError("--archive goes with one entry.")
    }
  }

  func run() throws {
    let context = try Context(global)
    let registry = try context.openRegistry()
    let cards =
      try all
      ? registry.models
      : names.map { name in
        guard let card = registry.card(named: name) else { throw registry.unknownModel(name) }
        return card
      }
    var table = Table([("ENTRY", .left), ("FIELD", .left), ("SAYS", .left), ("ARCHIVE", .left)])
    var results: [OrderedJSON] = []
    var isBad = false
    for card in cards {
      let lint = try RegistryLint(
        card, in: registry, archive: archive, transport: try context.transport(),
        scratch: try context.store().location)
      isBad = isBad || !lint.differences.isEmpty
      if lint.differences.isEmpty { table.add([card.name, "", "as its archive", ""]) }
      for difference in lint.differences {
        table.add([card.name, difference.field, difference.entry, difference.archive])
      }
      results.append([
        "name": .string(card.name), "ok": .bool(lint.differences.isEmpty),
        "bytesDownloaded": .int(lint.downloaded),
        "differences": .array(
          lint.differences.map {
            [
              "set": .string($0.set), "field": .string($0.field), "entry": .string($0.entry),
              "archive": .string($0.archive),
            ]
          }),
      ])
    }
    let bad = results.filter { $0["ok"]?.bool == false }.compactMap { $0["name"]?.string }
    context.output.text(context.output.isQuiet ? bad : table.lines)
    context.output.json("registry", ["models": .array(results)])
    if isBad { throw ExitCode(NNXError.ExitStatus.negative.rawValue) }
  }
}
