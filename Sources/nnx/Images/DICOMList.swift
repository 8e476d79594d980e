import ArgumentParser
import NNXDICOM
import NNXSystem

struct DICOMList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ls",
    abstract: "Show the series in a folder, a file or a zip, and which can be read.",
    usage: "nnx dicom ls <path> [--json]",
    discussion: """
      Folders are searched through. Slices are ordered by where they lie. Why a series is \
      refused, and what is odd about others, stands below the table.

        nnx dicom ls dicom/
        nnx dicom ls archive.zip --json
      """,
    aliases: ["list"])

  @Argument(help: "Folder, DICOM file or zip.", completion: .directory)
  var path: String

  @OptionGroup var global: GlobalOptions

  func run() throws {
    let context = try Context(global)
    let listing = SeriesListing(try DICOMScan(Folder.trimmed(path)))
    var table = Table(
      [
        .left("SERIES", minimum: 12, keepsEnd: true), .right("NO."), .left("KIND"),
        .right("SLICES"),
        .left("SIZE", rank: 1), .left("DESCRIPTION", minimum: 8, rank: 0),
        .left("STATE", minimum: 20),
      ], in: context)
    for row in listing.rows {
      table.add([
        row.name, row.number, row.modality, "\(row.slices)", row.size, row.description,
        row.shortState,
      ])
    }
    context.output.answer(
      "dicom", listing.json, quiet: listing.rows.filter(\.isReadable).map(\.name),
      text: listing.rows.isEmpty ? [] : table.lines)
    for note in listing.notes { context.output.note(note) }
  }
}
