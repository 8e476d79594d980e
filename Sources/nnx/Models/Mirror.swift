import ArgumentParser
import NNXModel
import NNXStore
import NNXSystem

struct Mirror: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mirror",
    abstract: "Serve published files from your own machine.", subcommands: [MirrorSyncCommand.self])
}

struct MirrorSyncCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sync",
    abstract: "Fill a folder that any web server can serve as a mirror.",
    usage: "nnx mirror sync <dir> (<name> ... | --all) [--dry-run]",
    discussion: """
      Run it again after a break or for new versions: files that are there and right are \
      kept, damaged ones fetched anew. Users take models from it with:

        nnx install NAME --registry https://your.site/nnx
        export NNX_MIRROR=https://your.site/nnx
      """)

  @Argument(help: "Folder of the mirror.")
  var folder: String

  @Argument(help: "Models to mirror.")
  var names: [String] = []

  @Flag(help: "Mirror every model of the registry.")
  var all = false

  @Flag(help: "Tell which files belong there, and fetch nothing.")
  var dryRun = false

  @OptionGroup var global: GlobalOptions

  func validate() throws {
    guard all != !names.isEmpty else {
      throw ValidationError("name models to mirror, or give --all")
    }
  }

  func run() throws {
    let context = try Context(global)
    let registry = try context.openRegistry()
    let named = try names.map { name in
      guard let card = registry.card(named: name) else { throw registry.unknownModel(name) }
      return card
    }
    let home = try Self.home(of: named, in: registry)
    let cards = all ? home.models : named
    guard !dryRun else {
      let paths = try cards.flatMap { try MirrorSync.files(of: $0, in: home).map(\.path) }
      context.output.text(paths)
      return context.output.json("mirror", ["planned": paths])
    }
    let mirror = try MirrorSync(
      folder, of: home, transport: try context.transport(), progress: context.progressBar.handler)
    let result = try mirror.run(cards)
    context.progressBar.finish()
    context.output.answer(
      "mirror",
      [
        "folder": folder, "fetched": result.fetched,
        "kept": result.kept, "bytes": result.bytes,
      ], quiet: result.fetched,
      text: [
        "\(counted(result.fetched.count, "file")) fetched (\(Quantity.bytes(result.bytes))), "
          + "\(result.kept.count) kept in \(folder)."
      ])
  }

  /// The one document that all of the models stand in.
  private static func home(of cards: [ModelCard], in registry: Registry) throws -> Registry {
    guard let first = cards.first else { return registry.parts[0] }
    let home = registry.home(of: first)
    guard cards.allSatisfy({ registry.home(of: $0).name == home.name }) else {
      throw NNXError(
        .usage, "these models stand in several registries; a mirror has one",
        fixes: ["Make a mirror for each: nnx mirror sync DIR NAME … --registry REGISTRY"])
    }
    return home
  }
}
