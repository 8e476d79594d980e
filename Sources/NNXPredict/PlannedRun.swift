import NNXModel

/// A network that is going to run for a case, and what lies in memory beside it.
package struct PlannedRun: Equatable, Sendable {
  /// What becomes of the probabilities of a network that is one of several.
  package enum Mean: Sendable {
    case none
    /// They are the first of a mean: it begins when they are exported.
    case begins
    /// They are added to a mean that exists while the network runs.
    case goesOn
  }

  package var model: ModelDescription
  /// How many folds are averaged.
  package var folds: Int
  package var window: SlidingWindow.Settings
  /// Whether the disagreement of the folds is mapped.
  package var comparesFolds = false
  /// Whether the images stay in memory for a network after it.
  package var keepsImages = false
  package var mean = Mean.none
}

extension Predictor {
  /// The networks that run for each case, in their order: first stages of cascades before the second.
  package var plannedRuns: [PlannedRun] {
    var runs: [PlannedRun] = []
    for (index, member) in members.enumerated() {
      let isAveraged = members.count > 1 && recipe == nil
      let mean: PlannedRun.Mean = !isAveraged ? .none : index == 0 ? .begins : .goesOn
      if let first = member.firstStage {
        runs.append(
          PlannedRun(
            model: first.model, folds: first.folds.count, window: first.window, keepsImages: true,
            mean: mean == .goesOn ? .goesOn : .none))
      }
      let stage = member.stage
      runs.append(
        PlannedRun(
          model: stage.model, folds: stage.folds.count, window: stage.window,
          comparesFolds: options.uncertainty != .none, keepsImages: index < members.count - 1,
          mean: mean))
    }
    return runs
  }
}
