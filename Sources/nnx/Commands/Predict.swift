import ArgumentParser
import NNXModel
import NNXPredict
import NNXStore
import NNXSystem
import NNXTensor

struct Predict: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Segment images with an installed model.",
    usage: "nnx predict -m <name> -i <image> ... -o <output>",
    discussion: """
      One image gives one file; a folder of images gives a folder of segmentations.

        nnx predict -m lung2-ct -i scan.nii.gz -o seg.nii.gz
        nnx predict -m lung2-ct -i scans/ -o segmentations/
        nnx predict -m brain-mr -i t1.nii.gz -i t1ce.nii.gz -i t2.nii.gz \\
            -i flair.nii.gz -o seg.nii.gz

      Folders may use nnU-Net's names (case_0000.nii.gz, case_0001.nii.gz, ...). \
      Beside each result lies a record of what made it (seg.json).
      """,
    aliases: ["run", "segment"])

  @Option(name: .shortAndLong, help: ArgumentHelp("Installed model.", valueName: "name"))
  var model: String

  @Option(
    name: .shortAndLong, parsing: .upToNextOption,
    help: ArgumentHelp(
      "Image, images of the channels in the model's order, or folder.", valueName: "image"))
  var input: [String]

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("File, or folder for several cases.", valueName: "output"))
  var output: String

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "Configuration of the model, such as 3d_fullres.", valueName: "name"))
  var configuration: String?

  @Option(help: ArgumentHelp("Folds to average, as in 0,2 (default: all).", valueName: "list"))
  var folds: String?

  @Flag(name: .customLong("no-tta"), help: "Do not average over mirrored copies.")
  var noMirroring = false

  @Option(
    help: ArgumentHelp(
      "Distance of tiles as a share of the patch, above 0 and up to 1.", valueName: "share"))
  var stepSize = 0.5

  @Flag(help: "Write the probabilities of all labels as .npz, too.")
  var saveProbabilities = false

  @Option(help: ArgumentHelp("Threads (default: all processors).", valueName: "count"))
  var threads: Int?

  @Flag(help: "Replace results that exist.")
  var overwrite = false

  @Flag(help: "Stop at the first case that fails.")
  var failFast = false

  @OptionGroup var global: GlobalOptions

  func validate() throws {
    guard stepSize > 0, stepSize <= 1 else {
      throw ValidationError("--step-size must be above 0 and at most 1")
    }
    guard threads ?? 1 > 0 else { throw ValidationError("--threads must be at least 1") }
  }

  func run() throws {
    let context = Context(global)
    let (installed, folder) = try open(context)
    let entry = try folder.entry(configuration: configuration)
    let predictor = try Predictor(
      folder: folder, entry: entry, folds: folds.map(splitList), identity: installed.identity,
      options: Predictor.Options(
        window: .init(tileStep: stepSize, mirroring: !noMirroring),
        savesProbabilities: saveProbabilities, overwrites: overwrite),
      threads: threads.map { Threads($0) } ?? .all)
    let cases = try CaseList.find(input, channels: entry.description.channels, model: model)
    let targets = try OutputPaths(output, cases: cases, inputs: input)
    let report = PredictReport(context: context, model: model, predictor: predictor)
    report.begin(cases)
    try report.run(cases, targets, command: CommandLine.arguments, failFast: failFast)
  }

  /// The model that `--model` means: `NAME`, `NAME@VERSION`, or `NAME/WEIGHTS` where a model has
  /// several sets of weights.
  private func open(_ context: Context) throws -> (InstalledModel, ModelFolder) {
    let parts = model.split(separator: "/", maxSplits: 1).map(String.init)
    let name = parts.first ?? model
    let known = try? context.openRegistry().card(named: name)?.name
    let installed = try context.store().find(known ?? name)
    return (installed, try installed.open(set: parts.count > 1 ? parts[1] : nil))
  }
}

/// `0,2` as `["0", "2"]`.
private func splitList(_ text: String) -> [String] {
  text.split(separator: ",").map { String($0.drop { $0 == " " }) }
}
