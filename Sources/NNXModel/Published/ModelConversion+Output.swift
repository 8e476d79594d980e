import NNXSystem

extension ModelConversion {
  /// Converts every model below `folder` into a new folder, which appears when it is complete.
  ///
  /// - Parameter overwrites: replace `output` if it exists.
  /// - Throws: `output-exists`; as `convert(_:into:progress:)`; `no-model`.
  package static func convertFolder(
    _ folder: String, to output: String, overwrites: Bool, _ progress: ProgressHandler
  ) throws(NNXError) -> ModelFolder {
    let output = output.count > 1 && output.hasSuffix("/") ? String(output.dropLast()) : output
    try check(output, overwrites, reading: folder)
    let models = try ResultsFolder(folder).models
    return try replacing(output, overwrites) { (staging) throws(NNXError) in
      try Folder.create(staging)
      return try convert(models, into: staging, progress: progress)
    }
  }

  /// Converts one checkpoint into a single weights file.
  ///
  /// The plans are those of the model that the checkpoint's fold belongs to: two folders up.
  ///
  /// - Throws: as `convertFolder`; `no-model` when no plans lie above the checkpoint.
  package static func convertCheckpoint(
    _ path: String, to output: String, overwrites: Bool, _ progress: ProgressHandler
  ) throws(NNXError) -> ModelFolder {
    try check(output, overwrites, reading: path)
    let folder = parentFolder(parentFolder(path))
    let name = String(path.split(separator: "/").last ?? "")
    let fold = String(parentFolder(path).split(separator: "/").last ?? "")
    let models = (try? ResultsFolder(folder).models.filter(\.folder.isEmpty)) ?? []
    guard var model = models.first,
      let found = model.folds.first(where: { FoldName($0.name).folders.contains(fold) })
    else {
      throw NNXError(
        .noModel, "no plans lie above \(path)",
        details: ["A checkpoint alone does not say how its network is built"],
        fixes: ["Keep it in its fold's folder, below the one with plans.json"])
    }
    model.folds = [
      PublishedModel.Fold(
        name: found.name, checkpoint: "\(parentFolder(found.checkpoint))/\(name)")
    ]
    return try replacing(output, overwrites) { (staging) throws(NNXError) in
      let parts = "\(staging).parts"
      try Folder.create(parts)
      defer { try? Folder.remove(parts) }
      let result = try convert([model], into: parts, progress: progress)
      try Folder.move("\(parts)/\(result.entries[0].folds[0].weights)", to: staging)
      return result
    }
  }

  private static func check(
    _ output: String, _ overwrites: Bool, reading input: String
  ) throws(NNXError) {
    try OutputPlan.check(
      [.init(output, author: author(of:))], reading: [.init(input)], overwrites: overwrites)
  }

  /// Who wrote what lies at a path: nnx, if it is a weights file, or a folder of a model with nothing else in
  /// it.
  private static func author(of path: String) -> OutputPlan.Author {
    guard Folder.isFolder(path) == true else {
      return (try? WeightsFile(path)) == nil ? .someone : .nnx
    }
    guard let model = try? ModelFolder(opening: path),
      let files = try? Folder.files(below: path).map(\.path)
    else { return .someone }
    let folds = model.entries.flatMap { $0.folds + $0.alternatives }
    return Set(files).subtracting(folds.map(\.weights)) == [ModelFolder.fileName] ? .nnx : .changed
  }

  /// Makes something beside `output` and puts it there in one step.
  private static func replacing<Result>(
    _ output: String, _ overwrites: Bool, _ make: (String) throws(NNXError) -> Result
  ) throws(NNXError) -> Result {
    let made = try Folder.createMissing(parentFolder(output))
    var isDone = false
    defer { if !isDone { Folder.removeEmpty(made.reversed()) } }
    let staging = "\(output).\(String(UInt64.random(in: .min ... .max), radix: 36)).tmp"
    defer { try? Folder.remove(staging) }
    let result = try make(staging)
    if Folder.kind(output) == nil {
      try Folder.place(staging, at: output)
    } else {
      try OutputPlan.checkExisting([.init(output, author: author(of:))], overwrites: overwrites)
      // What was there goes with the staging name.
      try Folder.exchange(staging, output)
    }
    isDone = true
    try syncFolder(of: output)
    return result
  }
}
