import ArgumentParser
import NNXImage
import NNXReport
import NNXSystem

struct Report: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Make a page to look at a cohort and grade it.",
    usage: "nnx report <dir> [-o <file.html>]",
    discussion: """
      One file of HTML with a row for each case that nnx predict left in a folder: pictures, volumes \
      to sort by, marks where a volume is far from the others', slices to scroll through, filters. \
      Keys 1 to 5 grade, arrows move, and the grades are exported as CSV. The page needs no network.

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

  @Option(
    help: ArgumentHelp(
      "Side of each picture in pixels (default: by the number of cases, up to 224).",
      valueName: "pixels"))
  var size: Int?

  @Option(
    help: ArgumentHelp(
      "Slices of each case to scroll through (default: by the number of cases, up to 20).",
      valueName: "count"))
  var slices: Int?

  @OptionGroup var overwriting: OverwriteOption
  @OptionGroup var global: GlobalOptions

  func validate() throws {
    guard (64...1000).contains(size ?? 64) else {
      throw ValidationError("--size must be from 64 to 1000")
    }
    guard (0...200).contains(slices ?? 0) else {
      throw ValidationError("--slices must be from 0 to 200")
    }
    try Self.checkName(output)
  }

  func run() throws {
    let context = try Context(global)
    let directory = Folder.trimmed(folder)
    if let images, Folder.isFolder(images) != true {
      throw NNXError(.fileNotFound, "there is no folder \(images)", fixes: ["Check --images"])
    }
    let places = try Set(ResultFolders.records(below: directory).map { parentFolder($0) })
    let cohort = try Self.write(
      output, directory, places: places.map { $0 == "." ? "" : $0 }.sorted(), images: images,
      size: size, slices: slices, title: title, overwrites: overwriting.overwrite, context)
    context.output.text(output)
    context.output.json("report", ReportWriting.json(cohort, output))
  }
}
