import NNXImage
import NNXSystem

/// Where results go of several models that run one after the other: `-m a -m b`.
struct SeveralModels {
  /// In the order of the models: `segmentations/a/` in a folder, `scan.a.nii.gz` beside a file's name.
  let outputs: [String]

  /// - Parameters:
  ///   - output: what `-o` names.
  ///   - isJSON: whether one document is asked for.
  /// - Throws: `usage` without a place, for one model twice, and where the answer would be several documents.
  init(_ models: [String], output: String?, isJSON: Bool) throws(NNXError) {
    guard !isJSON else {
      throw NNXError(
        .usage, "--json is one document, and \(models.count) models give as many",
        fixes: ["Run each model by itself"])
    }
    guard let output else {
      throw NNXError(
        .usage, "nothing says where the results of \(models.count) models go",
        fixes: ["Name a folder for them: -o segmentations/"])
    }
    let names = models.map { String($0.map { "/@, ".contains($0) ? "-" : $0 }) }
    guard Set(names).count == names.count else {
      throw NNXError(.usage, "one model is named twice: \(models.joined(separator: ", "))")
    }
    if let ending = ImageFormat.ending(of: output), Folder.isFolder(output) != true {
      let stem = output.dropLast(ending.count)
      outputs = names.map { "\(stem).\($0)\(ending)" }
    } else {
      let folder = output.hasSuffix("/") ? output : output + "/"
      outputs = names.map { "\(folder)\($0)/" }
    }
  }
}

extension Predict {
  /// Runs with one model after the other.
  ///
  /// - Throws: what `SeveralModels` and running throw; the models after the first that fails do not run.
  func runEach() throws {
    let models = prediction.namedModels
    let targets = try SeveralModels(
      models, output: output, isJSON: Context(global).output.isJSON)
    for (model, target) in zip(models, targets.outputs) {
      var one = self
      one.prediction.namedModels = [model]
      one.output = target
      try one.run()
    }
  }
}
