import Glibc
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
    try Folder.create(home)
    if Folder.kind(target) == nil {
      guard unsafe rename(folder, target) == 0 else { throw .system("cannot move", folder) }
    } else {
      // The old folder takes the place of the new one in the staging area, and goes with it.
      try Folder.exchange(folder, target)
    }
    try syncFolder(of: target)
    try syncFolder(of: home)
    try SymbolicLink.set("\(home)/\(Store.defaultLink)", to: receipt.version)
    try refreshResults()
  }

  /// Makes nnU-Net's view of the installed models current.
  ///
  /// - Returns: links that two models want.
  /// - Throws: `cannot-write`, `no-space`.
  @discardableResult
  package func refreshResults() throws(NNXError) -> [(link: String, model: String)] {
    try Folder.create("\(location.data)/locks")
    let lock = try FileLock("\(location.data)/locks/results.lock")
    defer { withExtendedLifetime(lock) {} }
    let view = ResultsView(of: try installed(), in: location)
    try view.write()
    return view.conflicts
  }

  /// Removes one version of a model, or all of them.
  ///
  /// - Parameter text: `liver2-ct`, or `liver2-ct@2024.6.11`.
  /// - Returns: what was removed.
  /// - Throws: `not-installed`; `cannot-write` for models of a shared store.
  @discardableResult
  package func uninstall(_ text: String) throws(NNXError) -> [InstalledModel] {
    let named = try find(text)
    try Folder.create("\(location.data)/locks")
    let lock = try FileLock("\(location.data)/locks/\(named.name).lock")
    defer { withExtendedLifetime(lock) {} }
    Staging.sweep(location)
    let all = try installed().filter {
      $0.name == named.name && (!text.contains("@") || $0.version == named.version)
    }
    let own = all.filter { !$0.isShared }
    guard !own.isEmpty else {
      throw NNXError(
        .cannotWrite, "\(named.name) lies in the shared store \(parentFolder(named.path))",
        fixes: ["Only those who keep that store can remove it"])
    }
    let staging = try Staging(in: location)
    for model in own {
      let aside = "\(staging.path)/\(model.version)"
      guard unsafe rename(model.path, aside) == 0 else {
        throw .system("cannot remove", model.path)
      }
    }
    let home = parentFolder(own[0].path)
    try syncFolder(of: own[0].path)
    if let next = try installed().first(where: { $0.name == named.name && !$0.isShared }) {
      try SymbolicLink.set("\(home)/\(Store.defaultLink)", to: next.version)
    } else {
      unsafe unlink("\(home)/\(Store.defaultLink)")
      unsafe rmdir(home)
    }
    try refreshResults()
    return own
  }
}
