import NNXSystem

/// How a lock and what is installed differ.
package struct LockCheck: Sendable {
  package enum Finding: Equatable, Sendable {
    case missing(LockedModel)
    /// Installed in that version, with other files.
    case differs(LockedModel)
    /// Installed, and the default of its name, but the lock does not name it.
    case unknown(name: String, version: String)
  }

  package let findings: [Finding]

  /// - Parameters:
  ///   - names: only these models; all when empty.
  ///   - installed: of the store.
  package init(_ lock: LockFile, _ installed: [InstalledModel], names: [String] = []) {
    func isWanted(_ name: String) -> Bool { names.isEmpty || names.contains(name) }
    var findings: [Finding] = []
    for locked in lock.models where isWanted(locked.name) {
      let model = installed.first { $0.name == locked.name && $0.version == locked.version }
      if let model {
        if !locked.describes(model) { findings.append(.differs(locked)) }
      } else {
        findings.append(.missing(locked))
      }
    }
    for model in installed where model.isDefault && isWanted(model.name) {
      if !lock.models.contains(where: { $0.name == model.name && $0.version == model.version }) {
        findings.append(.unknown(name: model.name, version: model.version))
      }
    }
    self.findings = findings
  }
}
