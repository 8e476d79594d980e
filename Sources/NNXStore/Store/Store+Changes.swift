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
    // Where locks do nothing, another process may make or remove the same folders meanwhile.
    try Interruption.deferred { () throws(NNXError) in
      for attempt in 1... {
        try Folder.create(home)
        if SystemCall.rename(folder, to: target) { break }
        switch errno {
        case EEXIST, ENOTEMPTY:
          // The old folder takes the place of the new one in the staging area, and goes with it.
          try Folder.exchange(folder, target)
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

  /// Removes what killed changes left unfinished: staging folders, and files and links that never got
  /// their names.
  ///
  /// - Parameter name: of the model whose lock the caller holds.
  func sweep(holding name: String? = nil) {
    Staging.sweep(location)
    let models = "\(location.data)/models"
    var unfinished: [String: [String]] = [:]
    for file in Store.temporaries(in: "\(location.data)/asked") {
      unfinished[String(lastComponent(file).prefix { $0 != "." }), default: []].append(file)
    }
    for model in (try? Folder.entries(models)) ?? [] where ModelName.isValid(model) {
      let files = Store.temporaries(in: "\(models)/\(model)")
      if !files.isEmpty { unfinished[model, default: []] += files }
    }
    for (model, files) in unfinished {
      let lock = try? location.lock(model, wait: false)
      guard model == name || lock != nil else { continue }
      withExtendedLifetime(lock) { for file in files { SystemCall.unlink(file) } }
    }
  }

  private static func temporaries(in folder: String) -> [String] {
    ((try? Folder.entries(folder)) ?? []).filter { $0.hasSuffix(".tmp") }.map { "\(folder)/\($0)" }
  }

  /// Removes folders of names that hold no version any more: somebody was killed while uninstalling.
  private func removeEmptyHomes() {
    let folder = "\(location.data)/models"
    for name in (try? Folder.entries(folder)) ?? [] where ModelName.isValid(name) {
      let home = "\(folder)/\(name)"
      guard let left = try? Folder.entries(home), left.allSatisfy({ $0 == Store.defaultLink }),
        let lock = try? location.lock(name, wait: false)
      else { continue }
      withExtendedLifetime(lock) { Store.removeHome(home) }
    }
  }

  /// Removes the folder of a name unless a version lies in it.
  private static func removeHome(_ home: String) {
    let left = try? Folder.entries(home)
    guard left == [] || left == [defaultLink] else { return }
    SystemCall.unlink("\(home)/\(defaultLink)")
    SystemCall.rmdir(home)
  }

  /// Makes nnU-Net's view of the installed models current.
  ///
  /// - Returns: links that two models want.
  /// - Throws: `cannot-write`, `no-space`.
  @discardableResult
  package func refreshResults() throws(NNXError) -> [(link: String, model: String)] {
    try location.locked("results") { () throws(NNXError) in
      let view = ResultsView(of: try installed(), in: location)
      try view.write()
      return view.conflicts
    }
  }

  /// Removes one version of a model, or all of them.
  ///
  /// - Parameter text: `liver2-ct`, or `liver2-ct@2024.6.11`.
  /// - Returns: what was removed.
  /// - Throws: `not-installed`; `cannot-write` for models of a shared store.
  @discardableResult
  package func uninstall(_ text: String) throws(NNXError) -> [StoredModel] {
    let name = try removal(of: text)[0].name
    let lock = try location.lock(name)
    defer { withExtendedLifetime(lock) {} }
    sweep(holding: name)
    let own = try removal(of: text)
    let staging = try Staging(in: location)
    let home = parentFolder(own[0].path)
    // Without a version the name goes with all that lies below it, also what cannot be read.
    let next =
      text.contains("@")
      ? try versions(of: name, in: location.data).first { version in
        !own.contains { $0.version == version }
      } : nil
    // One rename, whether it takes a version or all of them.
    let target = next == nil ? home : own[0].path
    try Interruption.deferred { () throws(NNXError) in
      guard SystemCall.rename(target, to: "\(staging.path)/removed") else {
        throw .system("cannot remove", target)
      }
      try syncFolder(of: target)
      if let next { try SymbolicLink.set("\(home)/\(Store.defaultLink)", to: next) }
      removeEmptyHomes()
      forgetReasons()
      try removeSample(of: name)
      try refreshResults()
      updateCatalogue()
    }
    return own
  }
}
