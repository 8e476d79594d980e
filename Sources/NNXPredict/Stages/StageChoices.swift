import NNXNetwork
import Synchronization

/// What is chosen for a stage after it is planned, so that planning runs no network; shared by the stage's
/// copies.
final class StageChoices: Sendable {
  private struct State {
    var kernels: [String: KernelChoice] = [:]
    var replicas = 1
    var allowsNonFinite = false
  }

  private let state = Mutex(State())

  /// What of the kernels the weights with a digest allow: the fast ones where nothing is said.
  subscript(digest: String) -> KernelChoice {
    get { state.withLock { $0.kernels[digest] } ?? .fast }
    set { state.withLock { $0.kernels[digest] = newValue } }
  }

  /// Whether images may hold voxels that are no numbers.
  var allowsNonFinite: Bool {
    get { state.withLock { $0.allowsNonFinite } }
    set { state.withLock { $0.allowsNonFinite = newValue } }
  }

  /// How many networks of a fold run patches at the same time, where there are so many patches.
  var replicas: Int {
    get { state.withLock { $0.replicas } }
    set { state.withLock { $0.replicas = newValue } }
  }
}
