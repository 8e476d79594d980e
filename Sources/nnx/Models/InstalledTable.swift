import NNXModel
import NNXStore
import NNXSystem

/// Installed models as `nnx list` shows them.
struct InstalledTable {
  private let rows: [(model: InstalledModel, folds: FoldCount)]
  private let context: Context

  init(_ rows: [(model: InstalledModel, folds: FoldCount)], context: Context) {
    self.rows = rows
    self.context = context
  }

  /// Prints the table, names only, or the envelope.
  ///
  /// - Parameters:
  ///   - store: folder of the store.
  ///   - isFiltered: whether models may have been left out.
  ///   - others: how many more the registry has.
  ///   - unreadable: models whose receipt is damaged: they are shown unless others are asked for.
  func show(store: String, isFiltered: Bool, others: Int, unreadable: [StoredModel]) {
    let damaged = isFiltered ? [] : unreadable
    let bytes = rows.reduce(0) { $0 + $1.model.receipt.bytes }
    if context.output.isQuiet {
      var seen: Set<String> = []
      context.output.text(
        (rows.map(\.model.name) + damaged.map(\.name)).filter { seen.insert($0).inserted })
    } else {
      let more = others > 0 ? " \(others) more can be installed: nnx list -a" : ""
      let place = tildePath(store, context.environment)
      let nothing = isFiltered ? "No installed model is like that." : "No model is installed."
      let summary =
        rows.isEmpty && damaged.isEmpty
        ? nothing + more
        : "\(counted(rows.count + damaged.count, "model")), \(Quantity.bytes(bytes)) in \(place).\(more)"
      let table = rows.isEmpty && damaged.isEmpty ? [] : table(with: damaged) + [""]
      context.output.text(table + FieldList.wrap(summary, context.width))
    }
    for problem in unreadable.compactMap(\.problem) { context.output.warn(problem) }
    context.output.json(
      "list",
      [
        "models": rows.map { $0.model.listJSON($0.folds) }, "bytes": bytes, "store": store,
        "unreadable": unreadable.map { ["name": $0.name, "version": $0.version] as Members },
      ],
      warnings: rows.compactMap { licenseConflict($0.model.name, $0.model.receipt.licenses) }
        + unreadable.compactMap(\.problem).map(Output.Warning.init))
  }

  private func table(with damaged: [StoredModel]) -> [String] {
    var table = Table(
      [
        .left("NAME"), .left("VERSION"), .left("ORGAN", minimum: 6, rank: 0),
        .left("MOD", rank: 1), .left("FOLDS", rank: 2), .right("SIZE"),
        .left("LICENCE", minimum: 9), .left("STATE"),
      ], width: context.width, palette: context.palette)
    let several = Dictionary(grouping: rows, by: \.model.name).filter { $0.value.count > 1 }
    for (model, folds) in rows {
      let receipt = model.receipt
      let state = model.state(folds)
      let mark = several[model.name] != nil && model.isDefault ? " *" : ""
      table.add(
        [
          model.name, model.version + mark, receipt.organs.joined(separator: ", "),
          receipt.modalities.joined(separator: ","), folds.text,
          Quantity.bytes(receipt.bytes), License.summary(receipt.licenses), state.rawValue,
        ], inks: [7: state == .ok ? .good : state == .damaged ? .bad : .caution])
    }
    for model in damaged {
      table.add([
        model.name, model.version, "", "", "", "", "", InstalledModel.State.damaged.rawValue,
      ])
    }
    return table.lines + (several.isEmpty ? [] : ["", "* the version that the name alone means"])
  }
}
