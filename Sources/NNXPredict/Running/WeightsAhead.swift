import Dispatch
import NNXModel
import NNXSystem
import Synchronization

/// The weights of a stage's first network, read and compared with their digest on a thread of its own: reading an
/// image, which comes before the network, leaves threads idle.
///
/// Whoever drops it waits for that thread: a process that ends meanwhile takes away the libraries that it works with.
final class WeightsAhead: Sendable {
  private final class Held: Sendable {
    let result = Mutex<Result<WeightsFile, NNXError>?>(nil)
  }

  private let fold: ModelFolder.Fold
  private let isOver = DispatchGroup()
  private let held = Held()

  /// Begins at once; `nil` for a stage without folds.
  init?(_ stage: Stage) {
    guard let fold = stage.folds.first else { return nil }
    self.fold = fold
    DispatchQueue.global(qos: .userInitiated).async(group: isOver) {
      [held, folder = stage.folder] in
      let file = Result { () throws(NNXError) in try folder.weights(fold) }
      held.result.withLock { $0 = file }
    }
  }

  deinit { isOver.wait() }

  /// Gives the weights away, once; `nil` when they are those of another fold.
  ///
  /// - Throws: as `ModelFolder.weights`.
  func take(_ fold: ModelFolder.Fold) throws(NNXError) -> WeightsFile? {
    guard fold == self.fold else { return nil }
    isOver.wait()
    return try held.result.withLock { (held) -> Result<WeightsFile, NNXError>? in
      defer { held = nil }
      return held
    }?.get()
  }
}
