import NNXSystem

extension Store {
  /// Drops the published checkpoints of a model whose native weights nnx predicts with.
  ///
  /// The model's folder is made anew without them, of hard links, and takes the old one's place in one
  /// step, as after any install. nnU-Net itself cannot run the model any more.
  ///
  /// - Throws: `unsupported-network` when the checkpoints are all there is; `not-installed`,
  ///   `cannot-write`, `no-space`.
  func dropCheckpoints(of model: InstalledModel) throws(NNXError) {
    for set in model.receipt.sets { if let problem = set.unsupported { throw problem } }
    let lock = try location.lock(model.name)
    defer { withExtendedLifetime(lock) {} }
    sweep(holding: model.name)
    let wasDefault = try find(model.name).version
    let there = try find("\(model.name)@\(model.version)")
    var receipt = there.receipt
    let checkpoints = receipt.files.filter { InstalledModel.isCheckpoint($0.path) }
    receipt.files.removeAll { InstalledModel.isCheckpoint($0.path) }
    let staging = try Staging(in: location)
    var build = try ModelFolderBuild(of: model.name, in: staging, dropped: receipt.dropped)
    try build.link(receipt.files, of: there)
    try build.drop(checkpoints)
    receipt.dropped = build.dropped
    try build.seal(receipt, flushing: [])
    try commit(build.folder, receipt)
    if wasDefault != model.version { try settle(model.name, wasDefault) }
  }
}
