import ArgumentParser
import NNXReport
import NNXSystem

struct Diff: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Compare two segmentations label by label.",
    usage: "nnx diff <a> <b> [--map <a=b>] [--tolerance <mm>]",
    discussion: """
      Dice, 95th percentile of the surface distances (HD95) and their mean (ASSD), both as MedPy \
      has them, share of the surfaces that agree within a tolerance (surface Dice, as MONAI has \
      it), and volumes. Labels are paired by name where both files carry names, else by number.

        nnx diff seg.nii.gz truth.nii.gz
        nnx diff seg.nii.gz other.nii.gz --map 3=5 --map liver=Leber
      """)

  @Argument(help: "Label map.")
  var a: String

  @Argument(help: "Label map on the same grid.")
  var b: String

  @OptionGroup var matching: MatchOptions

  @Option(help: ArgumentHelp("Tolerance of the surface Dice, in mm.", valueName: "mm"))
  var tolerance = 2.0

  @OptionGroup var global: GlobalOptions

  func validate() throws {
    guard tolerance >= 0 else { throw ValidationError("--tolerance must not be negative") }
  }

  func run() throws {
    let context = try Context(global)
    let result = try Comparison(a, b, matches: matching.matches, tolerance: tolerance)
    for note in result.notes { context.output.note("note: \(note)") }
    context.output.answer(
      "diff",
      [
        "a": a, "b": b, "toleranceMm": tolerance,
        "labels": result.labels.map(\.json), "notes": result.notes,
      ], quiet: result.labels.map { $0.dice.map { Quantity.fixed($0, 4) } ?? "-" },
      text: table(result, width: context.tableWidth).lines)
    if !result.notFound.isEmpty {
      context.output.note("in neither: \(shortList(result.notFound))")
    }
  }

  private func table(_ result: Comparison, width: Int) -> Table {
    var table = Table(
      [
        .left("LABEL", minimum: 10, keepsEnd: true), .right("DICE"), .right("SURFACE"),
        .right("HD95 MM"),
        .right("ASSD MM"), .right("A ML"), .right("B ML"), .right("DELTA"),
      ], width: width)
    func text(_ value: Double?, _ decimals: Int) -> String {
      value.map { Quantity.fixed($0, decimals) } ?? "-"
    }
    for label in result.found {
      table.add([
        label.name, text(label.dice, 3), text(label.surface?.dice, 3),
        text(label.surface?.hd95, 1), text(label.surface?.average, 2),
        text(label.firstVolume, 1), text(label.secondVolume, 1),
        label.volumeDifference.map {
          ($0 > 0 ? "+" : "") + Quantity.fixed(100 * $0, 1) + " %"
        } ?? "-",
      ])
    }
    if let dice = result.mean({ $0.dice }), dice.count > 1 {
      table.add([
        "mean of \(dice.count)", text(dice.mean, 3),
        text(result.mean { $0.surface?.dice }?.mean, 3),
        text(result.mean { $0.surface?.hd95 }?.mean, 1),
        text(result.mean { $0.surface?.average }?.mean, 2), "", "", "",
      ])
    }
    return table
  }
}
