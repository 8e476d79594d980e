import NNXModel
import NNXSystem
import NNXTensor

@testable import NNXPredict

extension Predictor {
  /// One configuration by itself.
  init(
    folder: ModelFolder, entry: ModelFolder.Entry, folds: [String]?, identity: OrderedJSON,
    options: Options, threads: Threads
  ) throws(NNXError) {
    try self.init(
      [Choice(folder: folder, entry: entry, folds: folds)], identity: identity, options: options,
      threads: threads)
  }

  /// Predicts with one network at a time and the fast kernels, whatever they are worth for these weights.
  @discardableResult
  func predict(
    _ item: Case, to output: String, command: [String], progress: @escaping ProgressHandler
  ) throws -> Result {
    try predict(item, to: output, Execution(), command: command, progress: progress)
  }
}

extension Predictor.Options {
  init(
    window: SlidingWindow.Settings = .init(), savesProbabilities: Bool = false,
    overwrites: Bool = false, checkpoint: String? = nil, previousStage: String? = nil,
    postprocessing: PostprocessingChoice = .automatic
  ) {
    self.init()
    (self.window, self.savesProbabilities) = (window, savesProbabilities)
    (self.overwrites, self.checkpoint) = (overwrites, checkpoint)
    (self.previousStage, self.postprocessing) = (previousStage, postprocessing)
  }
}
