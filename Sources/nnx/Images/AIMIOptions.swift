import ArgumentParser
import NNXReport
import NNXStore
import NNXSystem

/// What `nnx evaluate --aimi` takes.
struct AIMIOptions: ParsableArguments {
  @Option(
    name: .customLong("aimi"),
    help: ArgumentHelp(
      "Compare with these AIMI annotations, such as liver-mr; the folder of predictions may be left out.",
      valueName: "name"))
  var name: String?

  @Option(
    name: .customLong("aimi-data"),
    help: ArgumentHelp("Take the annotations from this folder.", valueName: "folder"))
  var folder: String?

  @Option(
    help: ArgumentHelp(
      "Which voxels count: honest, union, or notebook as the publisher's.", valueName: "rule"))
  var rule: AIMIRule?

  var isChosen: Bool { name != nil || folder != nil }

  func validate() throws {
    guard rule == nil || isChosen else { throw ValidationError("--rule goes with --aimi") }
  }

  /// Checks what else was given.
  func check(hasReferences: Bool, writes: Bool) throws {
    guard isChosen ? !hasReferences && !writes : hasReferences else {
      throw ValidationError(
        isChosen
          ? "--aimi takes a folder of predictions alone"
          : "two folders are asked for, of predictions and of references")
    }
  }

  /// - Parameter tolerance: mm; 7 as in the publisher's notebook of liver-mr.
  func run(
    _ predictions: String?, _ matches: [LabelMatch], tolerance: Double?, _ context: Context
  ) throws {
    let data = try folder ?? name.map { try context.store().dataFolder($0) } ?? ""
    let result = try AIMIComparison(
      data, predictions: predictions, rule: rule ?? .honest, matches: matches,
      tolerance: tolerance ?? 7
    ) { context.output.detail($0) }
    for note in result.notes { context.output.note("note: \(note)") }
    context.output.text(result.table(in: context).lines)
    context.output.text("")
    context.output.text(result.marks(in: context).lines)
    context.output.json("evaluate", Members(result.json))
  }
}

extension AIMIRule: ExpressibleByArgument {}

extension AIMIComparison {
  fileprivate func table(in context: Context) -> Table {
    var table = Table(
      [
        .left("COMPARED"), .left("REVIEWER"), .left("LABEL", minimum: 8), .right("CASES"),
        .right("DICE"), .right("HD95 MM"), .right("MSD MM", rank: 0),
        .right("NSD \(Quantity.fixed(tolerance, 0)) MM", rank: 1),
      ], in: context)
    func text(_ spread: Spread?, _ decimals: Int) -> String {
      guard let spread else { return "-" }
      let deviation = spread.deviation.map { " ± " + Quantity.fixed($0, decimals) } ?? ""
      return Quantity.fixed(spread.mean, decimals) + deviation
    }
    for row in rows {
      table.add([
        row.pairing.title, row.reviewer, row.label, "\(row.cases)", text(row.dice, 4),
        text(row.hd95, 2), text(row.average, 2), text(row.surfaceDice, 2),
      ])
    }
    return table
  }

  /// How often each reviewer gave each mark.
  fileprivate func marks(in context: Context) -> Table {
    var table = Table(
      [.left("REVIEWER")] + (1...5).map { .right("LIKERT \($0)") } + [.right("CASES")], in: context)
    for (reviewer, counts) in likert {
      table.add([reviewer] + counts.map(String.init) + ["\(counts.reduce(0, +))"])
    }
    return table
  }
}
