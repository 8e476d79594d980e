import NNXModel
import NNXNetwork
import NNXSystem
import NNXTensor

/// What networks take, planned once for all cases.
final class NetworkPlans {
  private struct Key: Hashable {
    var run: Int
    var replicas: Int
  }

  private var bytes: [Key: Int] = [:]

  /// - Parameter run: the number of the run, of which `model` is the model.
  /// - Throws: `unsupported-network`.
  func bytes(
    of run: Int, _ model: ModelDescription, _ threads: Threads, replicas: Int
  ) throws(NNXError) -> Int {
    let key = Key(run: run, replicas: replicas)
    if let known = bytes[key] { return known }
    let found = try Network.bytes(
      model.architecture, patch: model.patch, threads: threads, replicas: replicas)
    bytes[key] = found
    return found
  }
}
