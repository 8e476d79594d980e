import ArgumentParser
import NNXStore
import NNXSystem

struct Cache: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cache",
    abstract: "See what takes space, and free some.",
    discussion: """
      prune removes what nobody needs; clean empties the cache. Models stay: they go with \
      nnx uninstall.

        nnx cache ls
        nnx cache prune --checkpoints --older-than 30d
      """,
    subcommands: [CacheList.self, CacheDirectory.self, CachePruneCommand.self, CacheClean.self],
    defaultSubcommand: CacheList.self)
}

struct CacheList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ls", abstract: "List what takes space.", usage: "nnx cache ls [--json]",
    aliases: ["list"])

  @OptionGroup var global: GlobalOptions

  func run() throws {
    let context = try Context(global)
    let items = try context.store().cacheItems()
    if context.output.isQuiet {
      context.output.text(items.map(\.name))
    } else {
      context.output.text(CacheView.table(items, in: context))
    }
    context.output.json(
      "cache",
      [
        "items": .array(items.map(CacheView.json)),
        "bytes": .int(items.reduce(0) { $0 + $1.size }),
      ])
  }
}

struct CacheDirectory: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dir", abstract: "Print where the cache lies.",
    usage: "nnx cache dir")

  @OptionGroup var global: GlobalOptions

  func run() throws {
    let context = try Context(global)
    let path = try context.store().location.cache
    context.output.text(path)
    context.output.json("cache", ["path": .string(path)])
  }
}

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
    if context.output.isQuiet {
      context.output.text(plan.items.map(\.name))
    } else {
      context.output.text(plan.items.isEmpty ? [] : CacheView.table(plan.items, in: context) + [""])
      context.output.text("\(verb) \(Quantity.bytes(plan.size)).")
    }
    context.output.json(
      "cache",
      [
        "removed": .array(plan.items.map(CacheView.json)), "bytes": .int(plan.size),
        "dryRun": .bool(dryRun),
      ])
  }
}

struct CachePruneCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prune", abstract: "Remove what nobody needs.",
    usage: "nnx cache prune [--checkpoints] [--older-than <age>] [--dry-run]",
    discussion: """
      Kept and rejected archives, leftovers of killed installs, and partial downloads that \
      nobody continued for 30 days. With --checkpoints also the files of installed models \
      that only nnU-Net itself needs.
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
