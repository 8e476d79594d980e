import Glibc
import NNXSystem

extension Store {
  /// Drops the published checkpoints of a model whose native weights nnx predicts with.
  ///
  /// The model's folder is made anew without them, of hard links, and takes the old one's place in one
  /// step, as after any install. nnU-Net itself cannot run the model any more.
  ///
  /// - Throws: `unsupported-network` when the checkpoints are all there is; `not-installed`,
  ///   `cannot-write`, `no-space`.
  package func dropCheckpoints(of model: InstalledModel) throws(NNXError) {
    for set in model.receipt.sets { if let problem = set.unsupported { throw problem } }
    try Folder.create("\(location.data)/locks")
    let lock = try FileLock("\(location.data)/locks/\(model.name).lock")
    defer { withExtendedLifetime(lock) {} }
    sweep(holding: model.name)
    let wasDefault = try find(model.name).version
    var receipt = try find("\(model.name)@\(model.version)").receipt
    receipt.dropped += receipt.files.filter { InstalledModel.isCheckpoint($0.path) }
    receipt.dropped.sort { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    receipt.files.removeAll { InstalledModel.isCheckpoint($0.path) }
    let staging = try Staging(in: location)
    let folder = "\(staging.path)/model"
    for file in receipt.files {
      let target = "\(folder)/\(file.path)"
      try Folder.create(parentFolder(target))
      guard unsafe link("\(model.path)/\(file.path)", target) == 0 else {
        throw .system("cannot link", target)
      }
      try syncFolder(of: target)
    }
    try receipt.write(to: folder)
    try commit(folder, receipt)
    if wasDefault != model.version { try settle(model.name, wasDefault) }
  }
}
