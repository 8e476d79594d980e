import NNXSystem

/// What the publisher of a model found to be best by cross-validation
/// (`nnUNetv2_find_best_configuration`).
package struct Recommendation: Codable, Equatable, Sendable {
  /// One configuration, or several whose probabilities are averaged.
  package var configurations: [String]
  /// The trainer of each, where several models share a configuration; else `nil`.
  package var trainers: [String]?
  /// The plans of each, likewise.
  package var plans: [String]?
  /// Names of the folds it was found with.
  package var folds: [String]
  /// Done to the labels of these configurations; `nil` when the publisher's file was not published.
  package var postprocessing: [ComponentRule]?

  package init(
    configurations: [String], trainers: [String]? = nil, plans: [String]? = nil, folds: [String],
    postprocessing: [ComponentRule]?
  ) {
    self.configurations = configurations
    self.trainers = trainers
    self.plans = plans
    self.folds = folds
    self.postprocessing = postprocessing
  }
}

extension Recommendation: SelfChecking {
  package func check() throws(DocumentProblem) {
    guard !configurations.isEmpty else { throw DocumentProblem("recommends nothing") }
    guard
      [trainers, plans].allSatisfy({ $0?.count ?? configurations.count == configurations.count })
    else { throw DocumentProblem("does not name one trainer and one plans for each") }
  }
}
