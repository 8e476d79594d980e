import ArgumentParser
import NNXReport
import NNXSystem

struct Diff: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Compare two segmentations label by label.",
    usage: "nnx diff <a> <b> [--tolerance <mm>]",
    discussion: """
      Dice, 95th percentile of the surface distances (HD95) and their mean (ASSD), both as MedPy \
      has them, share of the surfaces that agree within a tolerance (surface Dice, as MONAI has \
      it), and volumes.

        nnx diff seg.nii.gz truth.nii.gz
      """)

  @Argument(help: "Label map.")
  var a: String

  @Argument(help: "Label map on the same grid.")
  var b: String

  @Option(help: ArgumentHelp("Tolerance of the surface Dice, in mm.", valueName: "mm"))
  var tolerance = 2.0

  @OptionGroup var global: GlobalOptions

  func validate() throws {
    guard tolerance >= 0 else { throw ValidationError("--tolerance must not be negative") }
  }

  func run() throws {
    let context = try Context(global)
    let result = try Comparison(a, b, tolerance: tolerance)
    context.output.text(
      context.output.isQuiet
        ? result.labels.map { $0.dice.map { Quantity.fixed($0, 4) } ?? "-" }
        : table(result.labels).lines)
    context.output.json(
      "diff",
      [
        "a": .string(a), "b": .string(b), "toleranceMm": .double(tolerance),
        "labels": .array(result.labels.map(\.json)),
      ])
  }

  private func table(_ labels: [Agreement]) -> Table {
    var table = Table([
      ("LABEL", .left), ("DICE", .right), ("SURFACE DICE", .right), ("HD95", .right),
      ("ASSD", .right), ("VOL A", .right), ("VOL B", .right), ("DELTA", .right),
    ])
    func text(_ value: Double?, _ decimals: Int, _ unit: String = "") -> String {
      value.map { Quantity.fixed($0, decimals) + unit } ?? "-"
    }
    for label in labels {
      table.add([
        label.name, text(label.dice, 3), text(label.surface?.dice, 3),
        text(label.surface?.hd95, 1, " mm"), text(label.surface?.average, 2, " mm"),
        text(label.firstVolume, 1, " ml"), text(label.secondVolume, 1, " ml"),
        label.volumeDifference.map {
          ($0 > 0 ? "+" : "") + Quantity.fixed(100 * $0, 1) + " %"
        } ?? "-",
      ])
    }
    return table
  }
}
