import NNXSystem

/// What the publisher of a model found to be best by cross-validation
/// (`nnUNetv2_find_best_configuration`).
package struct Recommendation: Equatable, Sendable {
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

extension Recommendation {
  var json: OrderedJSON {
    [
      "configurations": OrderedJSON(configurations),
      "trainers": trainers.map { OrderedJSON($0) } ?? .null,
      "plans": plans.map { OrderedJSON($0) } ?? .null, "folds": OrderedJSON(folds),
      "postprocessing": postprocessing.map { .array($0.map(\.json)) } ?? .null,
    ]
  }

  init(_ fields: JSONFields) throws(NNXError) {
    self.init(
      configurations: try fields.strings("configurations"),
      trainers: fields.optional("trainers") == nil ? nil : try fields.strings("trainers"),
      plans: fields.optional("plans") == nil ? nil : try fields.strings("plans"),
      folds: try fields.strings("folds"),
      postprocessing: try fields.optionalRules("postprocessing"))
    guard !configurations.isEmpty else { throw fields.failure("it recommends nothing") }
    guard
      [trainers, plans].allSatisfy({ $0?.count ?? configurations.count == configurations.count })
    else { throw fields.failure("it does not name one trainer and one plans for each") }
  }
}
