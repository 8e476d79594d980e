import Glibc
import NNXModel
import NNXSystem

extension Store {
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

  /// Removes one version of a model, or all of them. What nnx did not install is moved to the store's folder
  /// `kept`; so is all that lies beside a receipt that cannot be read.
  ///
  /// - Parameter text: `liver2-ct`, or `liver2-ct@2024.6.11`.
  /// - Returns: what was removed, and the folders where things are kept.
  /// - Throws: `not-installed`; `cannot-write` for models of a shared store.
  @discardableResult
  package func uninstall(
    _ text: String
  ) throws(NNXError) -> (removed: [StoredModel], kept: [String]) {
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
    var kept: [String: String] = [:]
    func keepOthers(_ path: (StoredModel) -> String) throws(NNXError) {
      for model in own {
        let others = try Store.others(in: path(model), model.model?.receipt)
        guard !others.isEmpty else { continue }
        let place = kept[model.version] ?? placeForOthers("\(model.name)-\(model.version)")
        kept[model.version] = place
        try Store.keep(others, of: path(model), in: place)
      }
    }
    /// What lies beside the versions of a name that goes as a whole.
    func keepBesides(_ home: String) throws(NNXError) {
      guard next == nil else { return }
      let besides = try Store.others(besides: own.map(\.version), in: home)
      guard !besides.isEmpty else { return }
      let place = kept[""] ?? placeForOthers(name)
      kept[""] = place
      try Store.keep(besides, of: home, in: place)
    }
    try keepOthers(\.path)
    try keepBesides(home)
    try Interruption.deferred { () throws(NNXError) in
      guard SystemCall.rename(target, to: "\(staging.path)/removed") else {
        throw .system("cannot remove", target)
      }
      try syncFolder(of: target)
      // What came meanwhile.
      try keepOthers { "\(staging.path)/removed" + (next == nil ? "/\($0.version)" : "") }
      try keepBesides("\(staging.path)/removed")
      if let next { try SymbolicLink.set("\(home)/\(Store.defaultLink)", to: next) }
      removeEmptyHomes()
      forgetReasons()
      try removeSample(of: name)
      try refreshResults()
      updateCatalogue()
    }
    return (own, kept.values.sorted())
  }
}
