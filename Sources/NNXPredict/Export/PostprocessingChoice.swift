import NNXModel
import NNXSystem

/// Whether labels are post-processed.
package enum PostprocessingChoice: Equatable, Sendable {
  /// As nnU-Net's own instructions say: v1 by itself; v2 where `inference_information.json` names rules
  /// for exactly what is run.
  case automatic
  /// v2, too, with the rules that the publisher left.
  case requested
  /// Never.
  case none

  /// The rules for what is run.
  ///
  /// - Throws: `no-postprocessing` when they are requested and there are none.
  func rules(for choices: [Predictor.Choice]) throws(NNXError) -> [ComponentRule] {
    if self == .none { return [] }
    let first = choices[0].entry.description
    if choices.count == 1, first.generation == .v1 { return first.postprocessing }
    let configurations = choices.map(\.entry.description.configuration)
    if let recommendation = choices[0].folder.recommendation,
      Set(recommendation.configurations) == Set(configurations), names(choices, recommendation),
      choices.allSatisfy({ $0.folder.path == choices[0].folder.path }),
      let rules = recommendation.postprocessing
    {
      return rules
    }
    guard self == .requested else { return [] }
    if choices.count == 1, let rules = first.requestedPostprocessing { return rules }
    throw NNXError(
      .noPostprocessing,
      "no post-processing was published for \(configurations.joined(separator: " with "))",
      fixes: ["Leave out --postprocess"])
  }

  /// Whether a recommendation that tells trainers and plans means these models.
  private func names(_ choices: [Predictor.Choice], _ recommendation: Recommendation) -> Bool {
    guard let trainers = recommendation.trainers, let plans = recommendation.plans else {
      return true
    }
    let recommended = recommendation.configurations.indices.map {
      "\(trainers[$0])__\(plans[$0])__\(recommendation.configurations[$0])"
    }
    return Set(recommended) == Set(choices.map(\.entry.description.fullName))
  }
}

extension NNXError.Code {
  static let noPostprocessing = NNXError.Code("no-postprocessing", .notFound)
}
