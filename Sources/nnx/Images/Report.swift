import ArgumentParser
import NNXReport
import NNXSystem

struct Report: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Make a page to look at a cohort and grade it.",
    usage: "nnx report <dir> [-o <file.html>]",
    discussion: """
      One file of HTML with a row for each case that nnx predict left in a folder: pictures, volumes \
      to sort by, marks where a volume is far from the others'. Keys 1 to 5 grade, arrows \
      move, and the grades are exported as CSV. The page needs no network.

        nnx predict -m lung2-ct -i scans/ -o segmentations/
        nnx report segmentations/ -o report.html
      """)

  @Argument(help: ArgumentHelp("Folder of results of nnx predict.", valueName: "dir"))
  var folder: String

  @Option(name: .shortAndLong, help: ArgumentHelp("Page to write.", valueName: "file.html"))
  var output = "report.html"

  @Option(
    help: ArgumentHelp(
      "Folder of the images (default: where the records say).", valueName: "dir"))
  var images: String?

  @Option(help: ArgumentHelp("Heading of the page.", valueName: "text"))
  var title: String?

  @Option(help: ArgumentHelp("Side of each picture in pixels.", valueName: "pixels"))
  var size = 224

  @OptionGroup var overwriting: OverwriteOption
  @OptionGroup var global: GlobalOptions

  func validate() throws {
    guard (64...1000).contains(size) else {
      throw ValidationError("--size must be from 64 to 1000")
    }
    guard [".html", ".htm"].contains(where: { output.lowercased().hasSuffix($0) }) else {
      throw ValidationError("the page's name must end in .html")
    }
  }

  func run() throws {
    let context = try Context(global)
    let directory = Folder.trimmed(folder)
    let file = try AnswerFile(
      output, reading: [], overwrites: overwriting.overwrite, author: FileMark.page)
    let handler = context.progressBar.handler
    let cohort = try Cohort(directory, images: images, side: size) {
      handler(ProgressEvent(.read, $0, $1, of: $2, .files))
    }
    context.progressBar.finish()
    let name = directory.split(separator: "/").last.map(String.init) ?? directory
    try file.write(
      FileMark.seal(
        ReportPage(cohort, title: title ?? name).html, comment: ("<!-- ", " -->")))
    for line in cohort.leftOut { context.output.note("note: not shown: \(line)") }
    let outliers = cohort.outliers
    for outlier in outliers {
      context.output.note(
        "note: \(outlier.caseName): \(outlier.label) has \(Quantity.fixed(outlier.volume, 1)) ml, "
          + "z = \(Quantity.fixed(outlier.score, 1))")
    }
    context.output.text(output)
    context.output.json(
      "report",
      [
        "output": output, "cases": cohort.count,
        "outliers": outliers.map {
          ["case": $0.caseName, "label": $0.label, "ml": $0.volume, "z": $0.score] as Members
        },
        "leftOut": cohort.leftOut,
      ])
  }
}
