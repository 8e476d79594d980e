import NNXPredict
import NNXSystem

extension Predict {
  /// Where results go. Cases that would share one fail.
  func targets(of ready: inout Prediction) throws -> OutputPaths {
    let targets = try OutputPaths(
      output
        ?? DefaultOutput.path(
          for: ready.cases, inputs: prediction.input, ending: extras.ending),
      cases: ready.cases, inputs: prediction.input, ending: extras.ending)
    if ready.cases.count > 1 {
      ready.cases = ready.predictor.withoutClashes(ready.cases, targets)
    }
    return targets
  }
}
