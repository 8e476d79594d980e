import ArgumentParser

/// `nnx dicom …`: each subcommand has a file of its own.
struct DICOMCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dicom",
    abstract: "Look at DICOM.",
    discussion: """
      nnx reads series of DICOM wherever it reads images: a folder, a file or a zip, \
      or PATH#SERIES where there are several. nnx dicom ls shows what is there.
      """,
    subcommands: [DICOMList.self])
}
