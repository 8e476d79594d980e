import NNXSystem

/// What makes a store hold exactly the models of a lock. A value: `--dry-run` prints it.
package struct Sync: Sendable {
  package enum Step: Sendable {
    case keep(InstalledModel)
    /// Installed in that version, but another one is the default.
    case select(InstalledModel)
    /// `replaces`: that version is there with other files, or damaged.
    case install(InstallPlan, replaces: Bool)
    case remove(InstalledModel)
    /// It cannot be had; why.
    case fail(LockedModel, NNXError)
  }

  package let steps: [Step]

  /// - Parameters:
  ///   - lock: what should be there.
  ///   - folder: of the lock.
  ///   - store: what is there.
  ///   - registry: for entries that it still has.
  ///   - prunes: whether the user's own models that the lock does not name are removed.
  /// - Throws: `unreadable`.
  package init(
    _ lock: LockFile, folder: String, store: Store, registry: Registry, prunes: Bool
  ) throws(NNXError) {
    let installed = try store.installed()
    var steps: [Step] = []
    for locked in lock.models {
      let there = installed.first { $0.name == locked.name && $0.version == locked.version }
      if let there, there.state != .damaged, locked.describes(there) {
        let isOnly = lock.models.filter { $0.name == locked.name }.count == 1
        steps.append(isOnly && !there.isDefault && !there.isShared ? .select(there) : .keep(there))
      } else {
        do throws(NNXError) {
          let plan = try locked.plan(registry: registry, folder: folder)
          // Missing folds and networks are added to those that are there.
          let ids = Set(locked.sets.map(\.id))
          let isBeginning =
            there.map { model in
              model.state == .partial && model.receipt.sets.allSatisfy { ids.contains($0.id) }
            } ?? true
          steps.append(.install(plan, replaces: !isBeginning))
        } catch { steps.append(.fail(locked, error)) }
      }
    }
    if prunes {
      for model in installed where !model.isShared {
        let isLocked = lock.models.contains {
          $0.name == model.name && $0.version == model.version
        }
        if !isLocked { steps.append(.remove(model)) }
      }
    }
    self.steps = steps
  }
}

extension Store {
  /// Makes an installed version the one that the bare name means.
  ///
  /// - Throws: `cannot-write`, `no-space`.
  package func select(_ model: InstalledModel) throws(NNXError) {
    try location.locked(model.name) { () throws(NNXError) in
      try settle(model.name, model.version)
    }
  }
}
