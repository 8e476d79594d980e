import NNXImage
import NNXModel
import NNXPredict
import NNXSystem

/// A prediction that is ready to begin: networks chosen, cases found, nothing read.
struct Prediction {
  let models: PredictModels
  let predictor: Predictor
  var cases: [Case]
  /// How names of images were read that can be read in two ways.
  let remarks: [String]
  let forecast: Forecast

  /// - Parameters:
  ///   - settings: further flags in use that are about nnU-Net's own labels.
  ///   - mayInstall: whether a model that is missing is offered to be installed.
  ///   - companions: files to make of each result, by the recipe that it follows.
  ///   - configure: sets what the options do not say.
  /// - Throws: `not-installed`, `unknown-configuration`, `usage`; what `Predictor` and `CaseList` throw.
  init(
    _ given: PredictionOptions, _ context: Context, rawSettings settings: [String] = [],
    mayInstall: Bool = false, companions: (Recipe?, LabelTable) -> [Companion] = { _, _ in [] },
    configure: (inout Predictor.Options) -> Void = { _ in }
  ) throws {
    guard given.namedModels.count < 2 else {
      throw NNXError(
        .usage,
        "\(given.namedModels.count) models at a time: only predict keeps their results apart",
        fixes: ["Name one: -m \(given.namedModels[0])"])
    }
    for input in given.input { try StandardStream.input.refuse(input) }
    try given.checkWords(context)
    models = try PredictModels(
      try splitList(given.model, of: "--model"),
      configurations: try given.configuration.map { try splitList($0, of: "--configuration") },
      trainer: given.trainer, plans: given.plans,
      folds: try given.folds.map { try splitList($0, of: "--folds") },
      isRaw: given.rawLabels, rawSettings: given.rawSettings + settings,
      publisher: given.publisher, mayInstall: mayInstall, context)
    var options = Predictor.Options()
    options.window = .init(tileStep: given.stepSize, mirroring: !given.noMirroring)
    (options.checkpoint, options.previousStage) = (given.checkpoint, given.previousStage)
    options.localizer = given.publisher.localizer
    options.postprocessing = given.postprocess.map { $0 ? .requested : .none } ?? .automatic
    (options.table, options.arrayOrder) = (models.table, models.arrayOrder)
    configure(&options)
    predictor = try Predictor(
      models.choices, recipe: models.recipe, identity: models.identity, options: options,
      companions: companions(models.recipe, models.table), threads: given.threading.chosen(context))
    let found = try CaseList(
      given.input, channels: predictor.model.channels, reader: predictor.reader,
      filters: given.filters, model: given.model)
    (cases, remarks) = (found.cases, found.remarks)
    try Predictor.checkPreviousStage(given.previousStage, cases)
    forecast = Forecast(predictor)
  }
}

/// `0,2` as `["0", "2"]`.
///
/// - Parameter flag: that the list was given to, for the error.
/// - Throws: `usage` for a list of nothing, or of one thing twice.
private func splitList(_ text: String, of flag: String) throws(NNXError) -> [String] {
  let items = text.split(separator: ",").map { String($0.drop { $0 == " " }) }
  guard !items.isEmpty, !items.contains("") else {
    throw NNXError(.usage, "\(flag) '\(text.excerpt)' names nothing")
  }
  guard Set(items).count == items.count else {
    throw NNXError(.usage, "\(flag) '\(text.excerpt)' names one thing twice")
  }
  return items
}
