import ArgumentParser
import NNXImage
import NNXModel
import NNXStore
import NNXSystem

struct Convert: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert",
    abstract: "Turn images, DICOM series and checkpoints into other files.",
    usage: "nnx convert <input> -o <output> [options]",
    discussion: """
      A series of DICOM (folder, file or zip) or an image becomes NIfTI, NRRD or \
      MetaImage, as the output's ending says; labels can be put on the grid of a series. \
      A checkpoint or a folder of models becomes nnx's own weights.

        nnx convert dicom/ -o scan.nii.gz
        nnx convert dicom/ --series 4 --order dicom -o scan.nrrd
        nnx convert labels.nii.gz --like dicom/ -o on-series.nii.gz
        nnx convert labels.nii.gz --like dicom/ -o seg.dcm
        nnx convert seg.dcm --like dicom/ -o labels.nii.gz
        nnx convert Dataset006_Liver/ -o liver/
        nnx convert fold_0/checkpoint_final.pth -o liver.safetensors
      """)

  @Argument(help: "Series, image, checkpoint or folder of nnU-Net.", completion: .file())
  var input: String

  @Option(
    name: .shortAndLong, help: ArgumentHelp("File or folder to write.", valueName: "output"))
  var output: String

  @OptionGroup var images: ImageConversionOptions
  @OptionGroup var segments: SegmentOptions

  @Flag(help: "Replace an output that nnx wrote.")
  var overwrite = false

  @OptionGroup var global: GlobalOptions

  func run() throws {
    let context = try Context(global)
    // Whoever asks for an image is told what is wrong with the input as an image.
    let isAsked = Folder.isFolder(input) != nil && (try? ImageFormat(writtenPath: output)) != nil
    if isAsked || SEGFile.isOne(input) || images.isImage(input) {
      return try ImageConversionView(context: context).run(
        input, to: output, images, segments, overwrites: overwrite)
    }
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
