import ArgumentParser
import Glibc
import NNXPredict
import NNXReport
import NNXSystem

struct GatherCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gather",
    abstract: "Tell how far a cohort is, and make one table and one page of it.",
    usage: "nnx gather <dir> [--watch] [--csv | --tsv] [-o <report.html>]",
    discussion: """
      Done, running (where, and how long since the last sign of life), failed with reasons, missing; \
      and the command to type next. Reads records; changes nothing in the folder.

        nnx gather segmentations/
        nnx gather segmentations/ --watch
        nnx gather segmentations/ --csv > cohort.csv
        nnx gather segmentations/ -o report.html
      """)

  @Argument(help: ArgumentHelp("Folder of results of nnx predict.", valueName: "dir"))
  var folder: String

  @Flag(
    help: "Look again every few seconds until nothing is to come; ends with 65 where cases failed.")
  var watch = false

  @Flag(help: "Print one table of all cases: volumes, and numbers where there are (--stats).")
  var csv = false

  @Flag(help: "The same with tabs between the fields.")
  var tsv = false

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Write the page of nnx report, with all cases.", valueName: "report.html"))
  var output: String?

  @OptionGroup var cohort: GatherInput
  @OptionGroup var overwriting: OverwriteOption
  @OptionGroup var global: GlobalOptions

  func validate() throws {
    guard !(csv && tsv) else { throw ValidationError("--csv and --tsv are two things; give one") }
    guard !watch || !(csv || tsv || output != nil || global.json) else {
      throw ValidationError("--watch only tells; leave out --csv, --tsv, -o and --json, or --watch")
    }
    guard !(global.json && (csv || tsv)) else {
      throw ValidationError("--json is one document; leave out --csv and --tsv, or --json")
    }
    if let output { try Report.checkName(output) }
  }

  func run() throws {
    let context = try Context(global)
    let gathering = try Gathering(Folder.trimmed(folder), cohort, context)
    let remarks = try gathering.remarks()
    for remark in remarks { context.output.note("note: \(remark)") }
    if let output {
      try Report.write(
        output, gathering.folder, places: gathering.places(), unfinished: gathering.unfinished(),
        overwrites: overwriting.overwrite, context)
    }
    if csv || tsv {
      let lines = Delimited.lines(try gathering.rows(), separator: tsv ? "\t" : ",")
      return context.output.columns(lines)
    }
    guard watch else {
      let view = gathering.view
      return context.output.answer(
        "gather", view.json + ["report": output, "notes": remarks], quiet: [view.summary],
        text: view.lines)
    }
    var watching = GatherWatch(context)
    try watching.run(gathering)
  }
}
