import ArgumentParser
import NNXModel
import NNXPredict
import NNXSystem
import NNXTensor

struct Predict: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict",
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

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Installed model; several, as in a,b, are averaged.", valueName: "name"),
    completion: .installedModels)
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
      "Configuration, such as 3d_fullres; several are averaged.", valueName: "name"))
  var configuration: String?

  @Option(
    help: ArgumentHelp(
      "Trainer, where a model has several of one configuration.", valueName: "name"))
  var trainer: String?

  @Option(
    help: ArgumentHelp(
      "Plans, where a model has several of one configuration.", valueName: "name"))
  var plans: String?

  @Option(help: ArgumentHelp("Folds to average, as in 0,2 (default: all).", valueName: "list"))
  var folds: String?

  @Option(help: ArgumentHelp("Which weights: final, best or latest.", valueName: "name"))
  var checkpoint: String?

  @Option(
    help: ArgumentHelp(
      "A cascade's first segmentation: file or folder (default: predict it).", valueName: "path"))
  var previousStage: String?

  @Flag(
    inversion: .prefixedNo,
    help: "Keep the components that nnU-Net keeps (default: as nnU-Net says).")
  var postprocess: Bool?

  @Flag(help: "Write nnU-Net's own labels, not those of the publisher's recipe.")
  var rawLabels = false

  @Flag(name: .customLong("no-tta"), help: "Do not average over mirrored copies.")
  var noMirroring = false

  @Option(
    help: ArgumentHelp(
      "Distance of tiles as a share of the patch, above 0 and up to 1.", valueName: "share"))
  var stepSize = 0.5

  @Flag(help: "Write the probabilities of all labels as .npz, too.")
  var saveProbabilities = false

  @Flag(help: "Replace results that exist.")
  var overwrite = false

  @Flag(help: "Tell how long it will take and how much memory, and predict nothing.")
  var dryRun = false

  @Flag(help: "Stop at the first case that fails.")
  var failFast = false

  @Option(
    help: ArgumentHelp(
      "Go on, with a warning, where nnx refuses: units.", valueName: "what"))
  var allow: [Predictor.Allowance] = []

  @OptionGroup var threading: ThreadOption
  @OptionGroup var memory: MemoryOption
  @OptionGroup var extras: PredictExtras
  @OptionGroup var global: GlobalOptions

  func validate() throws {
    guard stepSize > 0, stepSize <= 1 else {
      throw ValidationError("--step-size must be above 0 and at most 1")
    }
  }

  func run() throws {
    let context = try Context(global)
    let models = try PredictModels(
      splitList(model), configurations: configuration.map(splitList), trainer: trainer,
      plans: plans,
      folds: folds.map(splitList), isRaw: rawLabels, rawSettings: rawSettings, context)
    let threads = threading.chosen(context)
    var options = Predictor.Options(
      window: .init(tileStep: stepSize, mirroring: !noMirroring),
      savesProbabilities: saveProbabilities, overwrites: overwrite, checkpoint: checkpoint,
      previousStage: previousStage,
      postprocessing: postprocess.map { $0 ? .requested : .none } ?? .automatic)
    options.allowed = Set(allow)
    options.uncertainty = extras.uncertaintyChoice
    options.table = models.table
    options.checks = try context.kernelChecks()
    let predictor = try Predictor(
      models.choices, recipe: models.recipe, identity: models.identity, options: options,
      threads: threads)
    let cases = try CaseList.find(
      input, channels: predictor.model.channels, reader: predictor.reader, model: model)
    let forecast = PredictForecast(
      context: context, choices: models.choices, window: options.window,
      comparesFolds: options.uncertainty != .none, threads: threads)
    guard !dryRun else { return try forecast.show(cases) }
    try extras.check(cases: cases.count)
    try memory.apply(forecast, cases)
    let targets = try OutputPaths(output, cases: cases, inputs: input)
    let report = PredictReport(
      context: context, model: model, predictor: predictor, extras: extras)
    report.begin(cases, requirements: models.requirements)
    try report.run(cases, targets, command: CommandLine.arguments, failFast: failFast)
  }

  /// Flags in use that are about nnU-Net's own labels.
  private var rawSettings: [String] {
    [
      configuration == nil ? nil : "--configuration", trainer == nil ? nil : "--trainer",
      plans == nil ? nil : "--plans",
      previousStage == nil ? nil : "--previous-stage",
      postprocess.map { $0 ? "--postprocess" : "--no-postprocess" },
      saveProbabilities ? "--save-probabilities" : nil,
      extras.uncertainty == nil ? nil : "--uncertainty",
    ].compactMap(\.self)
  }
}

extension Predictor.Allowance: ExpressibleByArgument {}

/// `0,2` as `["0", "2"]`.
private func splitList(_ text: String) -> [String] {
  text.split(separator: ",").map { String($0.drop { $0 == " " }) }
}
