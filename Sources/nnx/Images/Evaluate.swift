import ArgumentParser
import NNXImage
import NNXReport
import NNXSystem

struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Compare a folder of segmentations with references.",
    usage: """
      nnx evaluate <predictions> <references> [--map <a=b>] [-o summary.json]
      nnx evaluate [<predictions>] --aimi <name>
      """,
    discussion: """
      Pairs files by name, and labels by name where both files carry names, else by number. The file of -o has the members of nnU-Net's summary.json. Intervals \
      hold 95 of 100 bootstrap resamplings of the cases.

        nnx evaluate out/ labelsTs/ --labels 1,2 -o summary.json
        nnx evaluate out/ --aimi liver-mr
      """)

  @Argument(help: "Folder of predictions.")
  var predictions: String?

  @Argument(help: "Folder of references.")
  var references: String?

  @Option(
    help: ArgumentHelp(
      "Labels to compare, numbers or names (default: all that occur).", valueName: "list"))
  var labels: String?

  @OptionGroup var matching: MatchOptions

  @Option(
    help: ArgumentHelp(
      "Tolerance of the surface Dice, in mm (default: 2, and 7 with --aimi).", valueName: "mm"))
  var tolerance: Double?

  @Option(
    name: .shortAndLong, help: ArgumentHelp("Write nnU-Net's summary.json.", valueName: "file"))
  var output: String?

  @OptionGroup var aimi: AIMIOptions
  @OptionGroup var overwriting: OverwriteOption
  @OptionGroup var global: GlobalOptions

  func validate() throws {
    guard tolerance ?? 0 >= 0 else { throw ValidationError("--tolerance must not be negative") }
    try aimi.check(hasReferences: references != nil, writes: output != nil)
    _ = try values
  }

  private var values: [String]? {
    get throws {
      guard let labels else { return nil }
      let values = labels.split(separator: ",").map { part in
        String(part.drop { $0 == " " }).withoutTrailingSpaces
      }
      guard !values.isEmpty,
        values.allSatisfy({ Int($0).map { (1...65535).contains($0) } ?? !$0.isEmpty })
      else {
        throw ValidationError("--labels takes numbers from 1 to 65535, or names, as in 1,2")
      }
      return values
    }
  }

  func run() throws {
    let context = try Context(global)
    guard let predictions, let references else {
      return try aimi.run(predictions, matching.matches, tolerance: tolerance, context)
    }
    let file = try output.map { output in
      let inputs = try [predictions, references].flatMap { folder in
        try Folder.entries(folder).filter { ImageFormat.ending(of: $0) != nil }.map {
          "\(folder)/\($0)"
        }
      }
      return try AnswerFile(
        output, reading: inputs, overwrites: overwriting.overwrite,
        author: FileMark.json("nnx.evaluate/"))
    }
    let handler = context.progressBar.handler
    let result = try Evaluation.run(
      predictions: predictions, references: references, labels: values,
      matches: matching.matches, tolerance: tolerance ?? 2
    ) { handler(ProgressEvent(.read, $0, $1, of: $2, .files)) }
    context.progressBar.finish()
    try file?.write(result.summary.marked("nnx.evaluate/1").text(pretty: true) + "\n")
    for note in result.notes { context.output.note("note: \(note)") }
    if !result.unreferenced.isEmpty {
      context.output.note(
        "note: \(counted(result.unreferenced.count, "prediction")) without a reference: "
          + shortList(result.unreferenced))
    }
    context.output.text(result.table(in: context).lines)
    context.output.json("evaluate", Members(result.summary) + ["notes": result.notes])
  }
}
