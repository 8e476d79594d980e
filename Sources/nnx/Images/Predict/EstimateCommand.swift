import ArgumentParser
import NNXStore

struct EstimateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "estimate",
    abstract: "Tell how long a prediction takes and how much memory.",
    usage: "nnx estimate <name> <image> ...",
    discussion: """
      Reads the headers of the images, looks at the machine for a moment, and predicts nothing; \
      the same as nnx predict --dry-run.

        nnx estimate lung2-ct scan.nii.gz
        nnx estimate -m lung2-ct -i scans/ --no-tta --threads 8
      """)

  @OptionGroup var prediction: PredictionOptions
  @OptionGroup var global: GlobalOptions

  func run() throws {
    let context = try Context(global)
    let ready = try Prediction(prediction, context)
    try ForecastView(context: context).show(
      ready.forecast, ready.cases, limit: context.settings.maxMemory)
  }
}
