import NNXModel
import NNXSystem

/// Puts models into the store: fetch, check, unpack, convert, commit by one rename.
///
/// Whatever ends it in between, the store holds what it held before.
package final class Installer {
  package struct Options: Sendable {
    /// Install again what is installed already.
    package var force = false
    /// Keep the downloaded archive in the cache.
    package var keepsArchive = false
    /// Folds to have afterwards, besides those that are there.
    package var folds = FoldSelection.all
    /// Drop the published checkpoints once they are converted; nnU-Net itself cannot run the model
    /// then.
    package var isSlim = false

    package init() {}
  }

  package struct Result: Sendable {
    package var model: InstalledModel
    /// Whether it was there before, so that nothing was done.
    package var wasInstalled: Bool
    /// Bytes that crossed the network.
    package var downloaded: Int
    package var seconds: Double
  }

  let store: Store
  let transport: any Transport
  var location: StoreLocation { store.location }

  /// - Parameter transport: for plans whose files lie on the network.
  package init(store: Store, transport: any Transport) {
    self.store = store
    self.transport = transport
  }

  /// Carries out a plan.
  ///
  /// Waits while another process installs a model of the same name, and then finds it installed.
  /// Folds and sets of weights that are missing are added to those that are there.
  ///
  /// - Parameters:
  ///   - onWait: called once when it has to wait.
  ///   - progress: `.download`, `.verify`, `.unpack`, `.convert` and `.write` events.
  /// - Throws: `integrity`, `unsafe-archive`, `corrupt-archive`, `not-a-zip`, `no-model`,
  ///   `unknown-fold`, `unsafe-pickle`, `invalid-checkpoint`, `invalid-model`, `no-space`,
  ///   `cannot-write`, `offline` and what `Transport.fetch` throws. Nothing is installed then.
  package func install(
    _ plan: InstallPlan, options: Options = .init(), onWait: () -> Void = {},
    progress: @escaping ProgressHandler = { _ in }
  ) throws(NNXError) -> Result {
    let begin = ProcessFacts.monotonicSeconds
    let lock = try lock(plan.name, onWait)
    defer { withExtendedLifetime(lock) {} }
    func result(_ model: InstalledModel, wasInstalled: Bool, _ downloaded: Int) -> Result {
      DownloadFile.sweep(location.downloads)
      return Result(
        model: model, wasInstalled: wasInstalled, downloaded: downloaded,
        seconds: ProcessFacts.monotonicSeconds - begin)
    }
    store.sweep(holding: plan.name)
    let decision = try decide(plan, options)
    if let base = decision.base, decision.isDone {
      try plan.promise?.check(base.receipt)
      try plan.checkSource(of: base)
      try settle(base)
      return result(base, wasInstalled: true, 0)
    }
    try plan.checkAccess()
    let plan = try confirmed(plan, decision)
    if let size = plan.limited(to: decision.folds.keys).diskSize(options.folds) {
      try Folder.create(location.data)
      try DiskSpace.require(size, at: location.data, prunable: store.prunableBytes)
    }
    let staging = try Staging(in: location)
    var work = try InstallWork(
      plan: plan, base: decision.base, staging: staging, progress: progress)
    let receipt: Receipt
    do throws(NNXError) {
      try work.keep { decision.folds[$0.id] == nil }
      for item in plan.items {
        guard let folds = decision.folds[item.set] else { continue }
        try gather(item, folds, into: &work, progress)
      }
      if decision.isSlim { try work.slim() }
      receipt = try work.finish()
    } catch { throw work.telling(error) }
    try plan.promise?.check(receipt)
    // Local files get their version from their bytes, which are known only now.
    var named = plan
    named.version = receipt.version
    let there = decision.base == nil ? try decide(named, options) : decision
    if decision.base == nil, let model = there.base, there.folds.isEmpty {
      try plan.promise?.check(model.receipt)
      try settle(model)
      work.mark(options.keepsArchive ? .kept : .used)
      return result(model, wasInstalled: true, work.downloaded)
    }
    work.mark(options.keepsArchive ? .kept : .used)
    try store.commit(work.folder, receipt)
    guard let model = try present(receipt.name, receipt.version) else {
      throw NNXError(.bug, "\(receipt.name) is not there after it was installed")
    }
    return result(model, wasInstalled: false, work.downloaded)
  }

  /// What is to be done for a plan, judged by what is there.
  ///
  /// - Throws: `unknown-fold`, `unreadable`.
  func decide(_ plan: InstallPlan, _ options: Options) throws(NNXError) -> InstallDecision {
    let there = try present(plan.name, plan.version)
    var folds: [String: FoldSelection] = [:]
    guard let base = there, !options.force else {
      for item in plan.wanted { folds[item.set] = options.folds }
      // What is made anew has all that it had; a promise says itself what that is.
      for set in plan.promise == nil ? there?.receipt.sets ?? [] : []
      where plan.items.contains(where: { $0.set == set.id }) {
        folds[set.id] = options.folds
      }
      return InstallDecision(base: nil, folds: folds, isSlim: options.isSlim)
    }
    for item in plan.wanted {
      if let set = base.receipt.sets.first(where: { $0.id == item.set }) {
        folds[item.set] = try options.folds.missing(in: set)
      } else if base.receipt.lacking.contains(item.set) {
        folds[item.set] = options.folds
      }
    }
    return InstallDecision(base: base, folds: folds, isSlim: options.isSlim)
  }

  /// The plan for what is not here yet.
  ///
  /// - Throws: `unknown-fold`, `unreadable`.
  package func remaining(
    of plan: InstallPlan, _ options: Options
  ) throws(NNXError) -> InstallPlan {
    let decision = try decide(plan, options)
    return decision.base == nil ? plan : plan.limited(to: decision.folds.keys)
  }

  /// The plan, with what hosts say of the files that are to be fetched.
  private func confirmed(
    _ plan: InstallPlan, _ decision: InstallDecision
  ) throws(NNXError) -> InstallPlan {
    var asked = try remembering(plan)
    asked.items.removeAll { decision.folds[$0.set] == nil }
    asked = try transport.confirm(asked)
    var plan = plan
    for index in plan.items.indices {
      plan.items[index] =
        asked.items.first { $0.set == plan.items[index].set } ?? plan.items[index]
    }
    return plan
  }

  /// The plan with the digests that were measured when the same files were installed before, for files that
  /// nobody else vouches for: another file under the same address is another model.
  private func remembering(_ plan: InstallPlan) throws(NNXError) -> InstallPlan {
    guard plan.origin == .network else { return plan }
    var plan = plan
    let known = try store.installed().filter { $0.name == plan.name }
      .flatMap(\.receipt.source.archives)
    for item in plan.items.indices {
      for index in plan.items[item].files.indices {
        let file = plan.items[item].files[index]
        guard !file.isPinned,
          let before = known.first(where: { $0.key == file.name && file.urls.contains($0.from) }),
          let sha256 = before.sha256
        else { continue }
        plan.items[item].files[index].sha256 = sha256
        plan.items[item].files[index].promise = .receipt
      }
    }
    return plan
  }

  /// Whoever put a model there may have been killed before everything pointed to it.
  private func settle(_ model: InstalledModel) throws(NNXError) {
    if !model.isShared { try store.settle(model.name, model.version) }
  }

  /// The lock of a model's name; whoever changes the model holds it.
  func lock(_ name: String, _ onWait: () -> Void) throws(NNXError) -> FileLock {
    try location.lock(name, onWait: onWait)
  }

  func present(_ name: String, _ version: String?) throws(NNXError) -> InstalledModel? {
    guard let version else { return nil }
    return try store.installed().first {
      $0.name == name && $0.version == version && $0.state != .damaged
    }
  }

  /// Brings the published files of one set of weights into the staging folder.
  private func gather(
    _ item: InstallPlan.Item, _ folds: FoldSelection, into work: inout InstallWork,
    _ progress: @escaping ProgressHandler
  ) throws(NNXError) {
    if case .folder(let folder) = work.plan.origin {
      try work.copy(folder, item, folds)
      return
    }
    var target = try work.begin()
    for file in item.files {
      do throws(NNXError) {
        var isThere = false
        if work.plan.origin == .network, folds != .all, file.contents == nil {
          isThere = try gatherParts(of: file, item, folds, into: &work, &target, progress)
        }
        if let contents = file.contents {
          try gatherLoose(file, contents, item, folds, into: &work, &target, progress)
        } else if !isThere {
          try gatherWhole(file, item, folds, into: &work, &target, progress)
        }
      } catch {
        guard error.code == .offline else { throw error }
        let name = work.plan.name
        throw NNXError(
          .offline, "\(name) is not in the store and --offline is set",
          fixes: [
            "On a machine with internet:  nnx pack \(name) -o \(name).nnxpack",
            "Then here:                   nnx unpack \(name).nnxpack",
          ])
      }
    }
    try work.take(target, item)
  }

  /// Fetches an archive, compares its digests, unpacks it.
  private func gatherWhole(
    _ file: RemoteFile, _ item: InstallPlan.Item, _ folds: FoldSelection,
    into work: inout InstallWork, _ target: inout InstallWork.Unpacked,
    _ progress: @escaping ProgressHandler
  ) throws(NNXError) {
    let transport: any Transport = work.plan.origin == .local ? LocalTransport() : transport
    let fetched = try transport.fetch(file, progress: progress)
    work.downloaded += fetched.transferred
    let note = Receipt.ArchiveFile(
      key: file.name, size: fetched.size, md5: fetched.md5, sha256: fetched.sha256,
      from: fetched.source, record: item.record, doi: item.doi, isPinned: file.sha256 != nil)
    try work.unpack(try Archive(fetched.file), note, item, folds, into: &target)
    if fetched.isTemporary { work.discardLater([fetched.file.path]) }
  }

  /// Fetches the loose files of a folder that are wanted, each compared with its own digest.
  private func gatherLoose(
    _ folder: RemoteFile, _ contents: [RemoteFile], _ item: InstallPlan.Item,
    _ folds: FoldSelection, into work: inout InstallWork, _ target: inout InstallWork.Unpacked,
    _ progress: @escaping ProgressHandler
  ) throws(NNXError) {
    let published = PublishedFolds(contents.map(\.name))
    try published.check(folds)
    let wanted = contents.filter { published.isNeeded($0.name, for: folds) }
    var fetched: [(name: String, file: FetchedFile)] = []
    for file in wanted {
      fetched.append((file.name, try transport.fetch(file, progress: progress)))
      work.downloaded += fetched.last?.file.transferred ?? 0
    }
    try work.place(
      fetched, of: folder, isWhole: wanted.count == contents.count, published: published.folds,
      into: &target)
  }

  /// Takes the members that are wanted out of an archive where it lies.
  ///
  /// - Returns: `false` when no host gives parts; then the whole is needed.
  private func gatherParts(
    of file: RemoteFile, _ item: InstallPlan.Item, _ folds: FoldSelection,
    into work: inout InstallWork, _ target: inout InstallWork.Unpacked,
    _ progress: @escaping ProgressHandler
  ) throws(NNXError) -> Bool {
    let empty = target
    return try transport.withParts(of: file, progress: progress) { (parts) throws(NNXError) in
      target = empty
      try Folder.remove(target.folder)
      try Folder.create(target.folder)
      let note = Receipt.ArchiveFile(
        key: file.name, size: parts.count, md5: nil, sha256: nil, from: parts.url,
        record: item.record, doi: item.doi, isPinned: false, tag: parts.tag)
      defer { work.downloaded += parts.transferred }
      try work.unpack(try Archive(parts), note, item, folds, into: &target)
      work.discardLater(parts.files)
    }
  }
}
