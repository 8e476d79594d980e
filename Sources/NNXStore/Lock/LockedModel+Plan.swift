import NNXModel
import NNXSystem

extension LockedModel {
  /// What installs exactly this model.
  ///
  /// - Parameters:
  ///   - registry: its entry is used when it still has this version; the lock alone is enough else.
  ///   - folder: of the lock, for files that lie below it.
  /// - Throws: `integrity` when the registry promises other bytes than the lock; `file-not-found`
  ///   when the model came from a file that is not here.
  package func plan(registry: Registry, folder: String) throws(NNXError) -> InstallPlan {
    if kind == .registry {
      if let card = registry.card(named: qualifiedName), describes(card) {
        return try promised(InstallPlan(card, in: registry))
      }
      // A mirror's registry has another name; one that promises other bytes is no help.
      if let card = registry.card(named: name), describes(card),
        let plan = try? promised(InstallPlan(card, in: registry))
      {
        return plan
      }
    }
    var plan: InstallPlan
    switch kind {
    case .registry, .record: plan = try remotePlan()
    case .file, .folder:
      guard let path = sets[0].files[0].path, Folder.isFolder("\(folder)/\(path)") != nil else {
        throw NNXError(
          .fileNotFound, "\(name) came from \(sets[0].files[0].key), which is not beside the lock",
          details: sets[0].files.map { "sha256  \($0.sha256 ?? "unknown")  \($0.key)" },
          fixes: [
            "Where the file is: nnx install FILE --name \(name) --locked",
            "From a machine that has it: nnx pack \(name) -o \(name).nnxpack",
          ])
      }
      plan = try InstallPlan(path: "\(folder)/\(path)", name: name)
    }
    plan.licenses = licenses
    return try promised(plan)
  }

  private func describes(_ card: ModelCard) -> Bool {
    card.name == name && card.version == version
  }

  private var qualifiedName: String { registry.map { "\($0)/\(name)" } ?? name }

  /// The plan with the lock's digests as promise.
  ///
  /// - Throws: `integrity` when it promises other bytes already.
  func promised(_ plan: InstallPlan) throws(NNXError) -> InstallPlan {
    var plan = plan
    plan.promise = self
    if !lacking.isEmpty { plan.sets = Set(sets.map(\.id)) }
    guard kind != .folder else { return plan }
    for item in plan.items.indices where !lacking.contains(plan.items[item].set) {
      let set = sets.first { $0.id == plan.items[item].set } ?? sets[0]
      for index in plan.items[item].files.indices {
        let file = plan.items[item].files[index]
        guard let locked = set.files.first(where: { $0.key == file.name }) else {
          throw NNXError(
            .integrity, "the lock does not name \(file.name) of \(name)",
            fixes: ["Install it without the lock, look at it, then: nnx lock"])
        }
        for case (let what, let known?, let promise?) in [
          ("size", file.size.map(String.init), String(locked.size)), ("md5", file.md5, locked.md5),
          ("sha256", file.sha256, locked.sha256),
        ] where known != promise {
          throw NNXError(
            .integrity, "registry and lock promise two files called \(file.name)",
            details: ["registry \(what)  \(known)", "lock     \(what)  \(promise)"])
        }
        plan.items[item].files[index].size = locked.size
        plan.items[item].files[index].md5 = locked.md5 ?? file.md5
        plan.items[item].files[index].sha256 = locked.sha256 ?? file.sha256
      }
    }
    return plan
  }

  /// From the records and addresses that the lock names.
  private func remotePlan() throws(NNXError) -> InstallPlan {
    var items: [InstallPlan.Item] = []
    for set in sets {
      var files: [RemoteFile] = []
      for file in set.files {
        let address = set.record.map { Zenodo.address(of: file.key, in: $0) } ?? file.url
        guard let address else {
          throw NNXError(
            .fileNotFound, "the lock does not say where \(file.key) of \(name) comes from",
            fixes: ["From a machine that has it: nnx pack \(name) -o \(name).nnxpack"])
        }
        files.append(
          RemoteFile(
            name: file.key, urls: [address], size: file.size, md5: file.md5, sha256: file.sha256))
      }
      items.append(
        InstallPlan.Item(
          set: set.id, dataset: set.dataset, files: files, record: set.record, doi: set.doi))
    }
    var plan = InstallPlan(
      name: name, version: version, title: "\(name), as nnx.lock names it", organs: [],
      modalities: [], kind: kind, origin: .network, registry: registry, items: items,
      licenses: licenses)
    plan.absent = lacking
    return plan
  }
}
