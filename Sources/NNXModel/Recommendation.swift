import NNXSystem

/// What the publisher of a model found to be best by cross-validation
/// (`nnUNetv2_find_best_configuration`).
package struct Recommendation: Equatable, Sendable {
  /// One configuration, or several whose probabilities are averaged.
  package var configurations: [String]
  /// Names of the folds it was found with.
  package var folds: [String]
  /// Done to the labels of these configurations; `nil` when the publisher's file was not published.
  package var postprocessing: [ComponentRule]?

  package init(configurations: [String], folds: [String], postprocessing: [ComponentRule]?) {
    self.configurations = configurations
    self.folds = folds
    self.postprocessing = postprocessing
  }
}

extension Recommendation {
  var json: OrderedJSON {
    [
      "configurations": OrderedJSON(configurations), "folds": OrderedJSON(folds),
      "postprocessing": postprocessing.map { .array($0.map(\.json)) } ?? .null,
    ]
  }

  init(_ fields: JSONFields) throws(NNXError) {
    self.init(
      configurations: try fields.strings("configurations"), folds: try fields.strings("folds"),
      postprocessing: try fields.optionalRules("postprocessing"))
    guard !configurations.isEmpty else { throw fields.failure("it recommends nothing") }
  }
}
