import NNXPredict
import NNXSystem

/// A prediction that is ready to begin: networks chosen, cases found, nothing read.
struct PlannedPrediction {
  let models: PredictModels
  let predictor: Predictor
  let cases: [Case]
  /// How names of images were read that can be read in two ways.
  let remarks: [String]
  let forecast: PredictForecast

  /// - Parameters:
  ///   - settings: further flags in use that are about nnU-Net's own labels.
  ///   - configure: sets what the options do not say.
  /// - Throws: `not-installed`, `unknown-configuration`, `usage`; what `Predictor` and `CaseList` throw.
  init(
    _ given: PredictionOptions, _ context: Context, rawSettings settings: [String] = [],
    configure: (inout Predictor.Options) -> Void = { _ in }
  ) throws {
    models = try PredictModels(
      splitList(given.model), configurations: given.configuration.map(splitList),
      trainer: given.trainer, plans: given.plans, folds: given.folds.map(splitList),
      isRaw: given.rawLabels, rawSettings: given.rawSettings + settings, context)
    let threads = given.threading.chosen(context)
    var options = Predictor.Options(
      window: .init(tileStep: given.stepSize, mirroring: !given.noMirroring),
      checkpoint: given.checkpoint, previousStage: given.previousStage,
      postprocessing: given.postprocess.map { $0 ? .requested : .none } ?? .automatic)
    options.table = models.table
    configure(&options)
    predictor = try Predictor(
      models.choices, recipe: models.recipe, identity: models.identity, options: options,
      threads: threads)
    let found = try CaseList(
      given.input, channels: predictor.model.channels, reader: predictor.reader,
      model: given.model)
    (cases, remarks) = (found.cases, found.remarks)
    forecast = PredictForecast(
      context: context, runs: predictor.plannedRuns, reader: predictor.reader, threads: threads)
  }
}

/// `0,2` as `["0", "2"]`.
private func splitList(_ text: String) -> [String] {
  text.split(separator: ",").map { String($0.drop { $0 == " " }) }
}
