import NNXModel
import NNXNetwork
import NNXSystem
import NNXTensor

/// How the networks of a prediction run on this machine: chosen before any of them runs, by
/// `Forecast.execution` and nobody else outside of this room, and told to `Predictor.predict`.
package struct Execution: Sendable {
  /// How many networks of a fold run patches at the same time, where there are so many patches; at least 1.
  /// Changes time and memory, and no byte of any result.
  let replicas: Int
  /// How many cases have their networks at the same time, where cases are many; changes no byte, either.
  let abreast: Int
  /// What of the kernels weights allow, by their SHA-256.
  private let kernels: [String: KernelChoice]

  /// Trusts the fast kernels with all weights.
  init(replicas: Int = 1, abreast: Int = 1) {
    (self.replicas, self.abreast) = (replicas, abreast)
    kernels = [:]
  }

  /// Chooses the kernels for each network by what is known of them, and measures what is not known.
  ///
  /// - Throws: what reading the weights throws; `missing-library`, `usage`.
  init(
    of stages: [Stage], replicas: Int, abreast: Int, by checks: KernelCheckCache, threads: Threads
  ) throws(NNXError) {
    var kernels: [String: KernelChoice] = [:]
    for stage in stages {
      for fold in stage.folds {
        let check = try checks.check(fold, of: stage.folder, stage.model, threads: threads)
        kernels[fold.sha256] = check?.choice
      }
    }
    (self.replicas, self.abreast) = (replicas, abreast)
    self.kernels = kernels
  }

  /// The kernels for weights with a digest: the fast ones where nothing is known.
  func kernels(_ digest: String) -> KernelChoice { kernels[digest] ?? .fast }

  /// A line for each fold whose weights the fast kernels are not exact enough for.
  func warnings(_ stages: [Stage]) -> [String] {
    stages.flatMap { stage in
      stage.folds.compactMap { fold in
        let choice = kernels(fold.sha256)
        guard choice != .fast else { return nil }
        return
          "\(stage.model.configuration), fold \(fold.name): the fast kernels are not exact enough for these "
          + "weights; \(choice == .direct ? "direct convolutions run" : "the plain engine runs"), slower"
      }
    }
  }
}
