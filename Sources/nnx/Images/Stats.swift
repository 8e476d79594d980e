import ArgumentParser
import NNXImage
import NNXReport
import NNXSystem

struct Stats: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stats",
    abstract: "Measure the labels of a segmentation.",
    usage: "nnx stats <seg> [<image>] [--format table|csv|tsv|json]",
    discussion: """
      Volume, intensities (with an image), centroid, bounding box, parts that do not touch, and \
      the sides of the image that a label reaches. Places are in mm, RAS.

        nnx stats seg.nii.gz scan.nii.gz
        nnx stats seg.nrrd --format csv -o seg.csv
      """)

  enum Format: String, CaseIterable, ExpressibleByArgument {
    case table, csv, tsv, json
  }

  @Argument(help: ArgumentHelp("Label map.", valueName: "seg"))
  var segmentation: String

  @Argument(help: "Image on the same grid.")
  var image: String?

  @Option(
    help: ArgumentHelp(
      "table, csv, tsv or json (default: as the file's name ends).", valueName: "format"))
  var format: Format?

  @Option(
    name: .customLong("min-mm3"),
    help: ArgumentHelp("Leave out labels with less volume.", valueName: "mm3"))
  var smallest = 0.0

  @Option(
    name: .shortAndLong, help: ArgumentHelp("Write to this file.", valueName: "file"))
  var output: String?

  @OptionGroup var overwriting: OverwriteOption
  @OptionGroup var global: GlobalOptions

  func validate() throws {
    guard smallest >= 0, smallest.isFinite else {
      throw ValidationError("--min-mm3 takes a volume from 0")
    }
  }

  func run() throws {
    let context = try Context(global)
    let file = try output.map {
      try AnswerFile(
        $0, reading: [segmentation, ResultFile.record.path(of: segmentation), image],
        overwrites: overwriting.overwrite, author: Self.wrote)
    }
    let result = try Measurement(segmentation: segmentation, image: image, smallest: smallest)
    let format = format ?? output.flatMap(Self.format) ?? .table
    let lines =
      switch format {
      case .table: result.table(width: output == nil ? context.tableWidth : .max).lines
      case .csv: Delimited.lines(result.rows, separator: ",")
      case .tsv: Delimited.lines(result.rows, separator: "\t")
      case .json:
        result.json.marked("nnx.stats/1").text(pretty: true).split(separator: "\n").map(String.init)
      }
    if let file {
      try file.write(lines.map { $0 + "\n" }.joined())
      context.output.text(file.path)
    } else if format == .table {
      context.output.text(lines)
    } else {
      context.output.columns(lines)
    }
    for note in result.notes { context.output.note("note: \(note)") }
    if output == nil, format == .table, !result.notFound.isEmpty {
      context.output.note("not found: \(shortList(result.notFound))")
    }
    context.output.json("stats", Members(result.json))
  }

  /// What the name of a file says of it.
  private static func format(_ path: String) -> Format? {
    Format.allCases.first { path.lowercased().hasSuffix(".\($0.rawValue)") }
  }

  /// Whether a file is one that it writes.
  private static let wrote = FileMark.any(
    FileMark.json("nnx.stats/"),
    FileMark.table([LabelStatistics.columns, ["LABEL", "VALUE", "VOLUME"]]))
}
