import ArgumentParser
import NNXImage
import NNXModel
import NNXStore
import NNXSystem

struct Convert: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert",
    abstract: "Turn published checkpoints into nnx's own weights.",
    usage: "nnx convert <checkpoint or folder> -o <output> [--overwrite]",
    discussion: """
      A folder of models becomes a folder with model.json and the weights of every \
      fold; one checkpoint, together with the plans that lie above it, one \
      .safetensors file. The output appears when it is complete.

        nnx convert Dataset006_Liver/ -o liver/
        nnx convert fold_0/checkpoint_final.pth -o liver.safetensors
      """)

  @Argument(help: "Checkpoint, or folder of nnU-Net.", completion: .file())
  var input: String

  @Option(
    name: .shortAndLong, help: ArgumentHelp("File or folder to write.", valueName: "output"))
  var output: String

  @Flag(help: "Replace an output that nnx wrote.")
  var overwrite = false

  @OptionGroup var global: GlobalOptions

  /// Images are converted by others, which people look for under this name.
  private func checkKind() throws(NNXError) {
    let first = ((try? Folder.entries(input)) ?? []).first { !$0.hasPrefix(".") }
    let isSeries = first.map { DICOMFile.isOne("\(input)/\($0)") } ?? DICOMFile.isOne(input)
    guard isSeries || ImageFormat.ending(of: input) != nil else { return }
    throw NNXError(
      .usage,
      "\(input) is \(isSeries ? "DICOM" : "an image"); convert is for checkpoints of models",
      fixes: [
        isSeries
          ? "To NIfTI: dcm2niix -z y -f scan -o . \(input)"
          : "Endings of images that are read and written: \(ImageFormat.allWrittenEndings.joined(separator: ", "))"
      ])
  }

  func run() throws {
    let context = try Context(global)
    try checkKind()
    guard let isFolder = Folder.isFolder(input) else {
      throw NNXError(.fileNotFound, "there is no file or folder at \(input)")
    }
    let progress = context.progressBar.handler
    defer { context.progressBar.finish() }
    let result =
      isFolder
      ? try ModelConversion.convertFolder(input, to: output, overwrites: overwrite, progress)
      : try ModelConversion.convertCheckpoint(input, to: output, overwrites: overwrite, progress)
    context.progressBar.finish()
    let folds = result.entries.flatMap { entry in
      entry.folds.map { (configuration: entry.description.configuration, fold: $0) }
    }
    for (configuration, fold) in folds {
      context.output.note(
        "\(configuration) fold \(fold.name)  \(Quantity.count(fold.parameters)) parameters  "
          + "sha256 \(fold.sha256.prefix(16))…")
    }
    context.output.text(output)
    context.output.json(
      "convert",
      [
        "output": output,
        "folds": folds.map { configuration, fold in
          [
            "configuration": configuration, "name": fold.name, "checkpoint": fold.checkpoint,
            "weights": fold.weights, "sha256": fold.sha256, "parameters": fold.parameters,
          ] as Members
        },
      ])
  }
}
