import ArgumentParser
import NNXStore
import NNXSystem

/// Options of both ways to remove something.
struct RemovalOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Only what was not used for that long: 30d, 12h.", valueName: "age"),
    transform: CacheView.seconds)
  var olderThan: Int?

  @Flag(help: "Tell what would be removed, and remove nothing.")
  var dryRun = false

  @OptionGroup var global: GlobalOptions

  func run(_ plan: (Store) throws -> CachePrune) throws {
    let context = try Context(global)
    let store = try context.store()
    let plan = try plan(store)
    if !dryRun { try plan.run(in: store) }
    let verb = dryRun ? "Would free" : "Freed"
    let table = plan.items.isEmpty ? [] : CacheView.table(plan.items, in: context) + [""]
    if !plan.kept.isEmpty {
      context.output.note(
        "note: kept, for it came from a file or folder of yours and may be nowhere else: "
          + plan.kept.map(\.name).joined(separator: ", "))
    }
    context.output.answer(
      "cache",
      [
        "removed": plan.items.map(CacheView.json), "bytes": plan.size,
        "dryRun": dryRun, "kept": plan.kept.map(\.name),
      ], quiet: plan.items.map(\.name), text: table + ["\(verb) \(Quantity.bytes(plan.size))."])
  }
}

struct CachePruneCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prune", abstract: "Remove what nobody needs.",
    usage: "nnx cache prune [--checkpoints] [--older-than <age>] [--dry-run]",
    discussion: """
      Kept and rejected archives, leftovers of killed installs, and what nobody used for 30 days: \
      partial downloads, and nnx gather's indexes, which are made anew when needed. With \
      --checkpoints also the files of installed models that only nnU-Net itself needs.
      """)

  @Flag(help: "Remove checkpoints of models that nnx runs itself.")
  var checkpoints = false

  @OptionGroup var removal: RemovalOptions

  func run() throws {
    try removal.run {
      try CachePrune($0, olderThan: removal.olderThan, checkpoints: checkpoints)
    }
  }
}

struct CacheClean: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "clean", abstract: "Empty the cache, partial downloads too.",
    usage: "nnx cache clean [--older-than <age>] [--dry-run]")

  @OptionGroup var removal: RemovalOptions

  func run() throws {
    try removal.run { try CachePrune(cleaning: $0, olderThan: removal.olderThan) }
  }
}
