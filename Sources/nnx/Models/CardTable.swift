import NNXModel
import NNXStore
import NNXSystem

/// Entries of a registry as `list --available` and `search` show them.
struct CardTable {
  private let cards: [ModelCard]
  /// Whether large families stand in the table as one.
  private let isGrouped: Bool
  private let installed: Set<String>
  private let context: Context

  init(
    _ cards: [ModelCard], isGrouped: Bool = false, installed: [InstalledModel], context: Context
  ) {
    self.cards = cards
    self.isGrouped = isGrouped
    self.installed = Set(installed.map(\.name))
    self.context = context
  }

  /// Prints the table, names only, or the envelope of `verb`.
  ///
  /// - Parameters:
  ///   - close: names that are like what was looked for, when nothing was found.
  ///   - why: what to say when nothing was found.
  func show(_ verb: String, close: [String] = [], why: String? = nil) {
    if context.output.isQuiet {
      context.output.text(cards.map(\.name))
    } else if !cards.isEmpty {
      context.output.text(lines)
    } else if let why {
      context.output.text(FieldList.wrap(why, context.width))
    }
    context.output.json(
      verb, ["models": cards.map(json), "close": close],
      warnings: cards.compactMap { licenseConflict($0.name, $0.licenses) })
  }

  private var lines: [String] {
    var table = Table(
      [
        .left("NAME"), .left("", rank: 2), .left("MOD", rank: 0), .right("SIZE", rank: 1),
        .left("LICENCE", minimum: 9), .left("WHAT", minimum: 20),
      ], width: context.width, palette: context.palette)
    let families =
      isGrouped ? ModelFamily.grouped(cards) : cards.map { ModelFamily(cards: [$0], prefix: nil) }
    for family in families {
      if let prefix = family.prefix {
        let mark = family.cards.contains { installed.contains($0.name) } ? "*" : ""
        table.add([
          "\(prefix)-*", mark, family.modalities.joined(separator: ","), "",
          family.common { License.summary($0.licenses) },
          "nnx search \(prefix) (\(family.cards.count))",
        ])
        continue
      }
      let card = family.cards[0]
      table.add([
        card.name, installed.contains(card.name) ? "*" : "",
        card.modalities.joined(separator: ","), card.downloadSize.map(Quantity.bytes) ?? "?",
        License.summary(card.licenses), card.title,
      ])
    }
    let count = cards.count { installed.contains($0.name) }
    let legend = count > 0 ? "  * installed" : ""
    return table.lines + ["", "\(counted(cards.count, "model")).\(legend)"]
  }

  private func json(_ card: ModelCard) -> Members {
    Members(card.summaryJSON) + ["installed": installed.contains(card.name)]
  }
}

/// The warning about a model whose sources disagree on its licence; `nil` when they agree.
func licenseConflict(_ name: String, _ licenses: [License]) -> Output.Warning? {
  guard CommercialUse(licenses) == .conflict else { return nil }
  let stated = licenses.filter { $0.scope == .weights || $0.scope == nil }
    .map { "\($0.spdx) says \($0.statedBy)" }
  return Output.Warning(
    code: "license-conflict",
    message: "\(name): \(stated.joined(separator: "; ")) (the stricter counts)")
}
