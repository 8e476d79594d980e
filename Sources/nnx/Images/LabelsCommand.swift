import ArgumentParser
import NNXImage
import NNXModel
import NNXReport
import NNXStore
import NNXSystem

struct LabelsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "labels",
    abstract: "Show the labels of a model or a segmentation.",
    usage: "nnx labels <name-or-seg> [--format <format>]",
    discussion: """
      Formats: table, json, ctbl (3D Slicer), itksnap, niivue, bids (dseg.tsv), dcmqi.

        nnx labels kidney-ct
        nnx labels seg.nii.gz --format ctbl -o seg.ctbl
      """)

  @Argument(help: "Name of a model, or file of a segmentation.")
  var subject: String

  @Option(
    help: ArgumentHelp(
      "table, json, ctbl, itksnap, niivue, bids or dcmqi.", valueName: "format"))
  var format: LabelFormat = .table

  @Option(name: .shortAndLong, help: ArgumentHelp("Write to this file.", valueName: "file"))
  var output: String?

  @OptionGroup var overwriting: OverwriteOption
  @OptionGroup var global: GlobalOptions

  func run() throws {
    let context = try Context(global)
    let file = try output.map {
      try AnswerFile(
        $0, reading: [subject, ResultFile.record.path(of: subject)],
        overwrites: overwriting.overwrite, author: Self.wrote)
    }
    let table = try table(context)
    // A file gets what a pipe gets.
    let lines =
      output == nil
      ? table.lines(width: context.tableWidth, context.palette)
      : table.lines(width: .max, .plain)
    let text = format == .table ? lines.joined(separator: "\n") : table.text(format)
    if let file {
      let whole = text + "\n"
      try file.write(
        format.hasComments ? FileMark.seal(whole, comment: ("# ", "")) : whole)
      context.output.text(file.path)
    } else if format == .table {
      context.output.text(lines)
    } else {
      context.output.columns(
        text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init))
    }
    context.output.json(
      "labels",
      [
        "labels": table.json,
        "regions": table.regions.map { ["name": $0.name, "values": $0.values] as Members },
      ])
  }

  /// Whether a file is one that it writes.
  private static let wrote = FileMark.any(
    FileMark.sealedText(LabelFormat.beginnings), FileMark.json("nnx.labels/"),
    FileMark.table([["VALUE", "LABEL", "COLOUR"]]))

  /// A file of that name is a segmentation; else it is a model of the registry, or an installed one.
  private func table(_ context: Context) throws -> LabelTable {
    if Folder.isFile(subject) {
      return try readNamedSegmentation(subject).table
    }
    guard ImageFormat.ending(of: subject) == nil else {
      throw NNXError(.fileNotFound, "there is no file \(subject)", fixes: ["Check the path"])
    }
    let registry = try context.openRegistry()
    if let card = registry.card(named: subject), !card.labels.isEmpty {
      return labelTable(of: card)
    }
    let installed = try context.store().installed().first { $0.name == subject && $0.isDefault }
    guard let installed else { throw registry.unknownModel(subject) }
    let folder = try installed.open(set: nil)
    let labels = try folder.entry(configuration: nil).description.labels
    if let remark = labels.gapsRemark { context.output.note("note: \(remark)") }
    return labelTable(of: labels)
  }
}

extension LabelFormat: ExpressibleByArgument {}
