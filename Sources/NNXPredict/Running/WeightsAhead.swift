import Dispatch
import NNXModel
import NNXSystem
import Synchronization

/// The weights of a stage's first network, read and compared with their digest on a thread of its own: reading an
/// image, which comes before the network, leaves threads idle.
final class WeightsAhead: Sendable {
  private let fold: ModelFolder.Fold
  private let isOver = DispatchGroup()
  private let result = Mutex<Result<WeightsFile, NNXError>?>(nil)

  /// Begins at once; `nil` for a stage without folds.
  init?(_ stage: Stage) {
    guard let fold = stage.folds.first else { return nil }
    self.fold = fold
    DispatchQueue.global(qos: .userInitiated).async(group: isOver) {
      [self, folder = stage.folder] in
      let file = Result { () throws(NNXError) in try folder.weights(fold) }
      result.withLock { $0 = file }
    }
  }

  /// Gives the weights away, once; `nil` when they are those of another fold.
  ///
  /// - Throws: as `ModelFolder.weights`.
  func take(_ fold: ModelFolder.Fold) throws(NNXError) -> WeightsFile? {
    guard fold == self.fold else { return nil }
    isOver.wait()
    return try result.withLock { (held) -> Result<WeightsFile, NNXError>? in
      defer { held = nil }
      return held
    }?.get()
  }
}
