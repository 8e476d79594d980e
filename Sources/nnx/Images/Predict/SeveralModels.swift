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
  func run() throws {
    if prediction.namedModels.count < 2 { try run(checksOnly: false) } else { try runEach() }
  }

  /// Runs with one model after the other; a case that fails with one of them keeps no other from its cases.
  ///
  /// - Throws: what `SeveralModels` and the checks of any model throw, before the first runs; at the end what the
  ///   first threw of which cases failed.
  private func runEach() throws {
    let models = prediction.namedModels
    let context = try Context(global)
    let targets = try SeveralModels(models, output: output, isJSON: context.output.isJSON)
    let runs = zip(models, targets.outputs).map { model, target in
      var one = self
      one.prediction.namedModels = [model]
      one.output = target
      return one
    }
    for run in runs { try Remarks.quietly { try run.run(checksOnly: true) } }
    var failure: NNXError?
    for (index, run) in runs.enumerated() {
      do { try run.run(checksOnly: false) } catch let error as NNXError
        where error.code == .casesFailed
      {
        failure = failure ?? error
        if index < runs.count - 1 { context.output.error(error) }
      }
    }
    if let failure { throw failure }
  }
}
