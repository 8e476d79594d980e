import ArgumentParser
import NNXModel
import NNXStore
import NNXSystem

struct List: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List installed models, or those that can be installed.",
    usage: "nnx list [--available] [--json]",
    aliases: ["ls"])

  @Flag(name: .shortAndLong, help: "List the registry's models instead.")
  var available = false

  @OptionGroup var global: GlobalOptions

  func run() throws {
    let context = try Context(global)
    if available {
      let cards = try context.openRegistry().models
      context.output.text(
        context.output.isQuiet ? cards.map(\.name) : Self.table(of: cards, context))
      return context.output.json("list", ["models": .array(cards.map(\.summaryJSON))])
    }
    let store = try context.store()
    let models = try store.installed()
    if context.output.isQuiet {
      context.output.text(models.map(\.name))
    } else {
      context.output.text(try Self.lines(models, store, context))
    }
    for problem in try store.problems() { context.output.note(problem) }
    let bytes = models.reduce(0) { $0 + $1.receipt.bytes }
    context.output.json(
      "list",
      [
        "models": .array(models.map(\.listJSON)), "bytes": .int(bytes),
        "store": .string(store.location.data),
      ])
  }

  private static func lines(
    _ models: [InstalledModel], _ store: Store, _ context: Context
  ) throws -> [String] {
    let registry = try context.openRegistry()
    let names = Set(models.map(\.name))
    let rest = registry.models.count { !names.contains($0.name) }
    let more = rest > 0 ? " \(rest) more can be installed: nnx list -a" : ""
    guard !models.isEmpty else { return ["No model is installed.\(more)"] }
    var table = Table([
      ("NAME", .left), ("VERSION", .left), ("ORGAN", .left), ("MOD", .left), ("FOLDS", .left),
      ("SIZE", .right), ("LICENCE", .left), ("STATE", .left),
    ])
    for model in models {
      let receipt = model.receipt
      table.add([
        model.name, model.version, receipt.organs.joined(separator: ", ").shortened(to: 16),
        receipt.modalities.joined(separator: ","), model.foldSummary,
        Quantity.bytes(receipt.bytes), License.summary(receipt.licenses),
        model.state.rawValue,
      ])
    }
    let bytes = Quantity.bytes(models.reduce(0) { $0 + $1.receipt.bytes })
    let count = models.count == 1 ? "1 model" : "\(models.count) models"
    return table.lines + ["", "\(count), \(bytes) in \(store.location.data).\(more)"]
  }

  private static func table(of cards: [ModelCard], _ context: Context) -> [String] {
    var table = Table([
      ("NAME", .left), ("MOD", .left), ("SIZE", .right), ("LICENCE", .left), ("WHAT", .left),
    ])
    for card in cards {
      table.add([
        card.name, card.modalities.joined(separator: ","),
        card.downloadSize.map(Quantity.bytes) ?? "?", License.summary(card.licenses), card.title,
      ])
    }
    return table.lines.map { $0.shortened(to: context.width) }
  }
}

extension String {
  /// Cut to `width` characters, with an ellipsis when something was lost.
  func shortened(to width: Int) -> String {
    count <= width ? self : prefix(max(0, width - 1)) + "…"
  }
}
