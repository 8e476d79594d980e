import ArgumentParser
import NNXModel
import NNXStore
import NNXSystem

struct Info: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info",
    abstract: "Show what is known about a model.",
    usage: "nnx info <name> [<section> ...]",
    discussion: """
      Where sources disagree, all of them are shown with who says what. With one or \
      several sections, only these are shown.

        nnx info liver2-ct
        nnx info liver2-ct labels license
      """,
    aliases: ["show"])

  @Argument(help: "Name of a model, perhaps with its version.", completion: .models)
  var name: String

  @Argument(
    help: ArgumentHelp(
      "labels, inputs, files, license, use or cite; also as flags.", valueName: "section"))
  var named: [SectionName] = []

  @Flag(help: "Labels with their values, codes and colours.")
  var labels = false

  @Flag(help: "Images that are needed, and how to prepare them.")
  var inputs = false

  @Flag(help: "Files, sizes and digests.")
  var files = false

  @Flag(help: "What is said about licences, and by whom.")
  var license = false

  @Flag(help: "What the model is for, and what not.")
  var use = false

  @Flag(help: "What to cite.")
  var cite = false

  @OptionGroup var global: GlobalOptions

  func run() throws {
    let context = try Context(global)
    let registry = try context.openRegistry()
    let info = ModelInfo(try find(in: registry, context), context: context)
    if context.output.isQuiet {
      context.output.text(info.name)
    } else {
      context.output.text(info.lines(sections))
    }
    context.output.json("info", info.json, warnings: info.warnings)
  }

  private var sections: [ModelInfo.Section] {
    [
      (labels, ModelInfo.Section.labels), (inputs, .inputs), (files, .files), (license, .license),
      (use, .use), (cite, .cite),
    ].filter { $0.0 || named.map(\.section).contains($0.1) }.map(\.1)
  }

  /// What the name means: an installed model, an entry of the registry, or both.
  private func find(in registry: Registry, _ context: Context) throws -> ModelInfo.Subject {
    let parts = name.lowercased().split(separator: "@", maxSplits: 1).map(String.init)
    let card = parts.first.flatMap { registry.card(named: $0) }
    let own = card?.name ?? parts.first ?? ""
    let version = parts.count > 1 ? parts[1] : nil
    let installed = try context.store().installed().first {
      $0.name == own && (version == nil ? $0.isDefault : $0.version == version)
    }
    // With a registry named, only what came from that entry.
    let isMeant = installed.map { !name.contains("/") || registry.card(of: $0) == card } ?? false
    if let installed, isMeant {
      return .init(
        card: registry.card(of: installed), installed: installed,
        update: registry.update(for: installed))
    }
    guard let card else { throw registry.unknownModel(name) }
    guard version == nil || version == card.version else {
      _ = try registry.resolve(ModelSelector(name))
      return .init(card: card, installed: nil, update: nil)
    }
    return .init(card: card, installed: nil, update: nil)
  }
}
