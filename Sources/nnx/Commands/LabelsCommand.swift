import ArgumentParser
import NNXImage
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

  @OptionGroup var global: GlobalOptions

  func run() throws {
    let context = try Context(global)
    let table = try table(context)
    let text: String
    if format == .table {
      var lines = Table([("VALUE", .right), ("LABEL", .left), ("COLOUR", .left), ("CODE", .left)])
      for entry in table.entries {
        let type = entry.terms.first { $0.role == "type" }
        lines.add([
          "\(entry.value)", entry.name, entry.rgb.map(String.init).joined(separator: " "),
          type.map { "\($0.scheme) \($0.value) \($0.meaning)" } ?? "-",
        ])
      }
      text = lines.lines.joined(separator: "\n")
    } else {
      text = table.text(format)
    }
    if let output {
      let file = try AtomicFile(output)
      try file.write(text + "\n")
      try file.commit()
      context.output.text(output)
    } else {
      context.output.text(text)
    }
    context.output.json("labels", ["labels": table.json])
  }

  /// A file of that name is a segmentation; else it is a model of the registry, or an installed one.
  private func table(_ context: Context) throws -> LabelTable {
    if Folder.isFolder(subject) == false {
      return try readNamedSegmentation(subject).table
    }
    let registry = try context.openRegistry()
    if let card = registry.card(named: subject) {
      return labelTable(of: card)
    }
    let installed = try context.store().installed().first { $0.name == subject && $0.isDefault }
    guard let installed else { throw registry.unknownModel(subject) }
    let folder = try installed.open(set: nil)
    return labelTable(of: try folder.entry(configuration: nil).description.labels)
  }
}

extension LabelFormat: ExpressibleByArgument {}
