import ArgumentParser
import NNXReport
import NNXSystem

struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Compare a folder of segmentations with references.",
    usage: "nnx evaluate <predictions> <references> [-o summary.json]",
    discussion: """
      Pairs files by name. The file of -o has the members of nnU-Net's summary.json. Intervals \
      hold 95 of 100 bootstrap resamplings of the cases.

        nnx evaluate out/ labelsTs/ --labels 1,2 -o summary.json
      """)

  @Argument(help: "Folder of predictions.")
  var predictions: String

  @Argument(help: "Folder of references.")
  var references: String

  @Option(
    help: ArgumentHelp("Labels to compare (default: all that occur).", valueName: "list"))
  var labels: String?

  @Option(help: ArgumentHelp("Tolerance of the surface Dice, in mm.", valueName: "mm"))
  var tolerance = 2.0

  @Option(
    name: .shortAndLong, help: ArgumentHelp("Write nnU-Net's summary.json.", valueName: "file"))
  var output: String?

  @OptionGroup var global: GlobalOptions

  func validate() throws {
    guard tolerance >= 0 else { throw ValidationError("--tolerance must not be negative") }
    _ = try values
  }

  private var values: [Int]? {
    get throws {
      guard let labels else { return nil }
      let values = labels.split(separator: ",").map { Int($0.filter { $0 != " " }) ?? 0 }
      guard !values.isEmpty, values.allSatisfy({ (1...65535).contains($0) }) else {
        throw ValidationError("--labels takes numbers from 1 to 65535, as in 1,2")
      }
      return values
    }
  }

  func run() throws {
    let context = try Context(global)
    let result = try Evaluation.run(
      predictions: predictions, references: references, labels: values, tolerance: tolerance
    ) { context.output.note($0) }
    if let output {
      let file = try AtomicFile(output)
      try file.write(result.summary.text(pretty: true) + "\n")
      try file.commit()
    }
    context.output.text(Self.table(result).lines)
    context.output.json("evaluate", result.summary)
  }

  private static func table(_ result: Evaluation) -> Table {
    var table = Table([
      ("LABEL", .left), ("CASES", .right), ("DICE", .right), ("95 %", .left),
      ("SURFACE DICE", .right), ("HD95", .right), ("95 %", .left),
    ])
    func interval(_ mean: Evaluation.Mean?, _ decimals: Int) -> [String] {
      guard let mean else { return ["-", "-"] }
      let ends = [mean.lower, mean.upper].map { Quantity.fixed($0, decimals) }
      return [Quantity.fixed(mean.mean, decimals), ends.joined(separator: "-")]
    }
    for (value, name) in result.labels {
      let dice = result.mean(of: value) { $0.dice }
      table.add(
        [name, "\(dice?.count ?? 0)"] + interval(dice, 3)
          + [interval(result.mean(of: value) { $0.surface?.dice }, 3)[0]]
          + interval(result.mean(of: value) { $0.surface?.hd95 }, 1))
    }
    return table
  }
}
