import NNXPredict

extension CohortList {
  /// The list of a cohort as the command line names it; `nil` where results lie in no folder.
  init?(_ options: PredictionOptions, _ cases: [Case], _ targets: OutputPaths) {
    self.init(
      model: options.model, inputs: options.input, filters: options.bids, cases, targets)
  }
}
