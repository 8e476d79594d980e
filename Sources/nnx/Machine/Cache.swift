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
    context.output.answer(
      "cache",
      [
        "items": items.map(CacheView.json),
        "bytes": items.reduce(0) { $0 + $1.size },
      ], quiet: items.map(\.name), text: CacheView.table(items, in: context))
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
    context.output.json("cache", ["path": path])
  }
}
