import NNXNetwork
import Synchronization

/// What of the kernels the weights of each fold allow, by their digest: found after a stage is planned, so
/// that planning runs no network, and shared by the stage's copies.
final class KernelChoices: Sendable {
  private let choices = Mutex<[String: KernelChoice]>([:])

  /// The fast ones where nothing is said.
  subscript(digest: String) -> KernelChoice {
    get { choices.withLock { $0[digest] } ?? .fast }
    set { choices.withLock { $0[digest] = newValue } }
  }
}
