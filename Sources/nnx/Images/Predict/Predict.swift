import ArgumentParser
import NNXPredict
import NNXSystem

struct Predict: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict",
    abstract: "Segment images with an installed model.",
    usage: "nnx predict <name> <image> ... [-o <output>]",
    discussion: """
      One image gives one file; a folder of images gives a folder of segmentations. \
      -m and -i may be written before model and images.

        nnx predict lung2-ct scan.nii.gz
        nnx predict -m lung2-ct -i scan.nii.gz -o seg.nii.gz
        nnx predict -m lung2-ct -i dicom/ -o seg.nii.gz
        nnx predict -m lung2-ct -i scans/ -o segmentations/
        nnx predict -m brain-mr -i t1.nii.gz -i t1ce.nii.gz -i t2.nii.gz \\
            -i flair.nii.gz -o seg.nii.gz

      Folders may use nnU-Net's names (case_0000.nii.gz, ...), hold a folder for each patient, be \
      a BIDS tree or DICOM studies; a table (.csv, .tsv) may name the cases. With --claim many \
      workers share them. Beside each result lies its record (seg.nnx.json). Again, it skips what is done.
      """,
    aliases: ["run", "segment"])

  @OptionGroup var prediction: PredictionOptions

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "File, or folder for several cases (default: IMAGE_seg here).", valueName: "output"))
  var output: String?

  @Flag(help: "Write all probabilities, too (NAME.probabilities.npz).")
  var saveProbabilities = false

  @Flag(help: "Replace results that nnx wrote.")
  var overwrite = false

  @Flag(help: "Tell how long it will take and how much memory, and predict nothing.")
  var dryRun = false

  @Flag(help: "Stop at the first case that fails.")
  var failFast = false

  @Option(
    help: ArgumentHelp(
      "Go on, with a warning, where nnx refuses: units, non-finite, uneven, tilt or frames.",
      valueName: "what"))
  var allow: [Predictor.Allowance] = []

  @OptionGroup var claims: ClaimOptions
  @OptionGroup var memory: MemoryOption
  @OptionGroup var extras: PredictExtras
  @OptionGroup var global: GlobalOptions

  /// - Parameter checksOnly: whether to end before anything is written.
  func run(checksOnly: Bool) throws {
    let context = try Context(global)
    let prepared = try extras.preparedFiles()
    try extras.check(prediction.publisher)
    var ready = try Prediction(
      prediction, context, rawSettings: extras.rawSettings(saveProbabilities), mayInstall: !dryRun,
      companions: extras.companions
    ) {
      $0.savesProbabilities = saveProbabilities
      $0.overwrites = overwrite
      $0.allowed = Set(allow)
      if let prepared { $0.prepared = { try prepared.write($0, $1) } }
      extras.configure(&$0)
    }
    let predictor = ready.predictor
    try extras.check(cases: ready.cases.count)
    let targets = try targets(of: &ready)
    try extras.check(targets)
    let cases = ready.cases
    try predictor.checkOutputs(cases, targets)
    let table =
      extras.stats && !claims.isOn ? targets.folder.map { CohortTable(folder: $0, cases) } : nil
    try table?.check()
    guard !checksOnly else { return }
    let budget = try memory.budget(context)
    guard !dryRun else {
      return try ForecastView(context: context).show(
        ready.forecast, cases, limit: budget.limit, results: overwrite ? [] : targets.segmentations)
    }
    try CohortList(prediction, cases, targets)?.write(to: targets.folder)
    PredictOpening(context: context, model: prediction.model, predictor: predictor).show(
      cases, remarks: ready.remarks, requirements: ready.models.requirements)
    if claims.isOn {
      try claims.check(targets, overwrite ? "--overwrite" : nil, failFast ? "--fail-fast" : nil)
      return try ClaimRun(context, ready, targets, budget, claims).run()
    }
    try PredictRun(ready, targets, budget: budget, failFast: failFast, context).run(table)
  }
}

extension Predictor.Allowance: ExpressibleByArgument {}
