import NNXModel
import NNXStore
import NNXSystem

/// Installed models as `nnx list` shows them.
struct InstalledTable {
  private let rows: [(model: InstalledModel, card: ModelCard?)]
  private let context: Context

  init(_ rows: [(model: InstalledModel, card: ModelCard?)], context: Context) {
    self.rows = rows
    self.context = context
  }

  /// Prints the table, names only, or the envelope.
  ///
  /// - Parameters:
  ///   - store: folder of the store.
  ///   - isFiltered: whether models may have been left out.
  ///   - others: how many more the registry has.
  ///   - problems: models that cannot be read.
  func show(store: String, isFiltered: Bool, others: Int, problems: [NNXError]) {
    let bytes = rows.reduce(0) { $0 + $1.model.receipt.bytes }
    if context.output.isQuiet {
      var seen: Set<String> = []
      context.output.text(rows.map(\.model.name).filter { seen.insert($0).inserted })
    } else {
      let more = others > 0 ? " \(others) more can be installed: nnx list -a" : ""
      let place = tildePath(store, context.environment)
      let nothing = isFiltered ? "No installed model is like that." : "No model is installed."
      let summary =
        rows.isEmpty
        ? nothing + more
        : "\(counted(rows.count, "model")), \(Quantity.bytes(bytes)) in \(place).\(more)"
      let table = rows.isEmpty ? [] : self.table + [""]
      context.output.text(table + FieldList.wrap(summary, context.width))
    }
    for problem in problems { context.output.note(problem) }
    context.output.json(
      "list",
      [
        "models": .array(rows.map { $0.model.listJSON(card: $0.card) }), "bytes": .int(bytes),
        "store": .string(store),
      ],
      warnings: rows.compactMap { licenseConflict($0.model.name, $0.model.receipt.licenses) }
        + problems.map { Output.Warning(code: $0.code.name, message: $0.message) })
  }

  private var table: [String] {
    var table = Table(
      [
        .left("NAME"), .left("VERSION"), .left("ORGAN", minimum: 6, rank: 0),
        .left("MOD", rank: 1), .left("FOLDS", rank: 2), .right("SIZE"),
        .left("LICENCE", minimum: 9), .left("STATE"),
      ], width: context.width)
    let several = Dictionary(grouping: rows, by: \.model.name).filter { $0.value.count > 1 }
    for (model, card) in rows {
      let receipt = model.receipt
      let mark = several[model.name] != nil && model.isDefault ? " *" : ""
      table.add([
        model.name, model.version + mark, receipt.organs.joined(separator: ", "),
        receipt.modalities.joined(separator: ","), FoldCount(model, card).text,
        Quantity.bytes(receipt.bytes), License.summary(receipt.licenses),
        model.state(card: card).rawValue,
      ])
    }
    return table.lines + (several.isEmpty ? [] : ["", "* the version that the name alone means"])
  }
}
