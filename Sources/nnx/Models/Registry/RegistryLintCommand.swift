import ArgumentParser
import NNXModel
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
    var results: [Members] = []
    var bad: [String] = []
    for card in cards {
      let lint = try RegistryLint(
        card, in: registry, archive: archive, transport: try context.transport(),
        scratch: try context.store().location)
      if lint.differences.isEmpty {
        table.add([card.name, "", "as its archive", ""])
      } else {
        bad.append(card.name)
      }
      for difference in lint.differences {
        table.add([card.name, difference.field, difference.entry, difference.archive])
      }
      results.append([
        "name": card.name, "ok": lint.differences.isEmpty, "bytesDownloaded": lint.downloaded,
        "differences": lint.differences.map {
          ["set": $0.set, "field": $0.field, "entry": $0.entry, "archive": $0.archive] as Members
        },
      ])
    }
    context.output.answer(
      "registry", ["models": results], quiet: bad, text: table.lines)
    if !bad.isEmpty { throw ExitCode(NNXError.ExitStatus.negative.rawValue) }
  }
}
