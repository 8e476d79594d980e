import NNXModel
import NNXNetwork
import NNXSystem
import NNXTensor

/// How long the networks of a prediction take on this machine: the one way from patches to seconds.
struct PatchTimes: Sendable {
  /// Seconds that a patch of each stage takes.
  private let perPatch: [Double]

  /// Has a short look at the machine.
  ///
  /// - Parameter threads: that are timed; those of the predictor are reckoned to be as much faster as they are more.
  ///   `nil`: those of the predictor.
  /// - Throws: `unsupported-network`, `usage`.
  init(_ forecast: Forecast, timed threads: Threads? = nil) throws(NNXError) {
    let own = forecast.predictor.threads
    let timed = threads ?? own
    perPatch = try forecast.stages.map { (stage) throws(NNXError) in
      Double(timed.count) / Double(own.count)
        * (try Network.secondsPerPatch(
          stage.model.architecture, patch: stage.model.patch, threads: timed))
    }
  }

  /// - Parameter patches: runs of each stage's network.
  func seconds(_ patches: [Int]) -> Double {
    zip(patches, perPatch).reduce(0) { $0 + Double($1.0) * $1.1 }
  }
}
