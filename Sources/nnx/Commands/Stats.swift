import ArgumentParser
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

  @Option(help: ArgumentHelp("table, csv, tsv or json.", valueName: "format"))
  var format: Format = .table

  @Option(
    name: .customLong("min-mm3"),
    help: ArgumentHelp("Leave out labels with less volume.", valueName: "mm3"))
  var smallest = 0.0

  @Option(
    name: .shortAndLong, help: ArgumentHelp("Write to this file.", valueName: "file"))
  var output: String?

  @OptionGroup var global: GlobalOptions

  func run() throws {
    let context = try Context(global)
    let result = try Measurement(segmentation: segmentation, image: image, smallest: smallest)
    let lines =
      switch format {
      case .table: Self.table(result).lines
      case .csv: Delimited.lines(result.rows, separator: ",")
      case .tsv: Delimited.lines(result.rows, separator: "\t")
      case .json: [result.json.text(pretty: true)]
      }
    if let output {
      let file = try AtomicFile(output)
      try file.write(lines.map { $0 + "\n" }.joined())
      try file.commit()
      context.output.text(output)
    } else {
      context.output.text(lines)
    }
    context.output.json("stats", result.json)
  }

  private static func table(_ result: Measurement) -> Table {
    var columns: [(String, Table.Alignment)] = [
      ("LABEL", .left), ("VALUE", .right), ("VOLUME", .right),
    ]
    let hasImage = result.image != nil
    if hasImage { columns += [("MEAN", .right), ("SD", .right), ("MEDIAN", .right)] }
    var table = Table(columns + [("PARTS", .right), ("TOUCHES", .left)])
    for label in result.labels {
      var row = [label.name, "\(label.value)", Quantity.fixed(label.volume, 1) + " ml"]
      if hasImage {
        let numbers = label.intensity.map { [$0.mean, $0.deviation, $0.median] }
        row += numbers?.map { Quantity.fixed($0, 1) } ?? ["-", "-", "-"]
      }
      let sides = label.touches.joined(separator: ", ")
      table.add(row + ["\(label.components)", sides.isEmpty ? "-" : sides])
    }
    return table
  }
}
