import ArgumentParser
import NNXModel
import NNXStore
import NNXSystem

struct OutdatedModels: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "outdated",
    abstract: "List installed models of which the registry has a newer version.",
    usage: "nnx outdated [--check]",
    discussion: """
      Bring them up to date with nnx upgrade. With --check the exit status is 1 when \
      there is one.
      """)

  @Flag(help: "Exit with status 1 when a model is outdated.")
  var check = false

  @OptionGroup var global: GlobalOptions

  func run() throws {
    let context = try Context(global)
    let outdated = Outdated.find(
      try context.store().installed(), in: try context.openRegistry())
    if context.output.isQuiet {
      context.output.text(outdated.map(\.model.name))
    } else if outdated.isEmpty {
      context.output.note("Every model is up to date.")
    } else {
      var table = Table(
        [.left("NAME"), .left("HAVE"), .left("LATEST"), .left("CHANGE", minimum: 12)],
        in: context)
      for item in outdated {
        table.add([
          item.model.name, item.model.version, item.latest.version, item.change.summary,
        ])
      }
      context.output.text(table.lines)
    }
    context.output.json("outdated", ["models": outdated.map(\.json)])
    if check, !outdated.isEmpty { throw ExitCode(NNXError.ExitStatus.negative.rawValue) }
  }
}

extension Outdated {
  var json: Members {
    [
      "name": model.name, "have": model.version, "latest": latest.version, "change": change.summary,
      "newWeights": change.hasNewWeights, "sameLabels": change.hasSameLabels,
      "labels": [
        "added": change.added, "removed": change.removed, "renumbered": change.renumbered,
      ] as Members,
    ]
  }
}
