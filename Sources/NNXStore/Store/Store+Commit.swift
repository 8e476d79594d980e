import Glibc
import NNXModel
import NNXSystem

extension Store {
  /// Makes a complete folder of the staging area visible as a model, and the default of its name.
  ///
  /// The caller holds the lock of the model. One rename decides; what follows can be repeated.
  ///
  /// - Throws: `cannot-write`, `no-space`.
  func commit(_ folder: String, _ receipt: Receipt) throws(NNXError) {
    let home = "\(location.data)/models/\(receipt.name)"
    let target = "\(home)/\(receipt.version)"
    // What others put into the folder stays in it: nnU-Net's tree is there to be trained in.
    let before = (try? Receipt(ofModelIn: target)) ?? receipt
    if Folder.kind(target) == .folder {
      try Store.keep(Store.others(in: target, before), of: target, in: folder)
    }
    // Where locks do nothing, another process may make or remove the same folders meanwhile.
    try Interruption.deferred { () throws(NNXError) in
      for attempt in 1... {
        try Folder.create(home)
        if SystemCall.rename(folder, to: target) { break }
        switch errno {
        case EEXIST, ENOTEMPTY:
          // The old folder takes the place of the new one in the staging area, and goes with it.
          try Folder.exchange(folder, target)
          // What came meanwhile.
          try Store.keep(Store.others(in: folder, before), of: folder, in: target)
        case ENOENT where attempt < 10 && Folder.kind(home) == nil: continue
        default: throw .system("cannot move", folder)
        }
        break
      }
      try syncFolder(of: target)
      try syncFolder(of: home)
      try settle(receipt.name, receipt.version)
    }
  }

  /// Makes a version that is there the default of its name, and completes what killed changes left.
  ///
  /// The caller holds the lock of the model.
  ///
  /// - Throws: `cannot-write`, `no-space`.
  func settle(_ name: String, _ version: String) throws(NNXError) {
    let home = "\(location.data)/models/\(name)"
    if Folder.kind("\(home)/\(version)") == .folder {
      try SymbolicLink.set("\(home)/\(Store.defaultLink)", to: version)
    }
    removeEmptyHomes()
    try refreshResults()
    updateCatalogue()
  }
}
