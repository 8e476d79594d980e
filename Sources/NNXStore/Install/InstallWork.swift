import NNXArchive
import NNXModel
import NNXSystem

/// One install on its way: what is unpacked or copied becomes a model's folder, complete enough to be committed.
struct InstallWork {
  let plan: InstallPlan
  /// The installed model that folds are added to.
  let base: InstalledModel?
  private let staging: Staging
  private let progress: ProgressHandler
  private var sets: [Receipt.WeightsInstalled] = []
  private var archives: [Receipt.ArchiveFile] = []
  private var build: ModelFolderBuild
  /// What the networks call their channels.
  private var channels: [String] = []
  private var downloads: [DownloadFile] = []
  /// What people call files in the model's folder: their paths where they came from.
  private var told: [String: String] = [:]
  /// The archive or folder that is being unpacked, and what to put before a path in it.
  private var source: (name: String, prefix: String)
  /// Bytes that crossed the network.
  var downloaded = 0

  init(
    plan: InstallPlan, base: InstalledModel? = nil, staging: Staging,
    progress: @escaping ProgressHandler
  ) throws(NNXError) {
    self.plan = plan
    self.base = base
    self.staging = staging
    self.progress = progress
    archives = base?.receipt.source.archives ?? []
    source = (plan.name, "\(plan.name): ")
    build = try ModelFolderBuild(
      of: plan.name, in: staging, dropped: base?.receipt.dropped ?? [])
  }

  /// What becomes `models/<name>/<version>`.
  var folder: String { build.folder }

  /// Files of one set, unpacked but not yet in their places.
  struct Unpacked {
    let folder: String
    /// By path; only digest, size and origin count.
    var files: [String: Receipt.File] = [:]
    /// Folds in the archives, those included that were left there.
    var published: [String: [String]] = [:]
  }

  /// An error about this build's own files, told by the paths that people know.
  func telling(_ error: NNXError) -> NNXError {
    var error = error
    for (path, name) in told where error.message.contains(folder) {
      error.message = error.message.replacing("\(folder)/\(path)", with: name)
    }
    return staging.telling(error, as: source.name, prefix: source.prefix)
  }

  /// A folder for the files of the next set.
  func begin() throws(NNXError) -> Unpacked {
    let target = "\(staging.path)/unpacked.\(sets.count)"
    try Folder.create(target)
    return Unpacked(folder: target)
  }

  /// Unpacks what is wanted of an archive.
  ///
  /// - Parameter note: what the receipt says about the archive.
  /// - Throws: see `Installer.install`.
  mutating func unpack(
    _ archive: Archive, _ note: Receipt.ArchiveFile, _ item: InstallPlan.Item,
    _ folds: FoldSelection, into target: inout Unpacked
  ) throws(NNXError) {
    source = (note.key, "\(note.key): ")
    let paths = archive.entries.map(\.path).filter { item.within.map($0.hasPrefix) ?? true }
    let published = PublishedFolds(paths)
    try published.check(folds)
    target.published.merge(published.folds) { first, _ in first }
    let wanted = Set(paths.filter { published.isNeeded($0, for: folds) })
    let file = item.files.first { $0.name == note.key }
    for entry in try archive.unpack(
      into: target.folder, where: wanted.contains, progress: progress)
    {
      try file?.check(member: entry)
      target.files[entry.path] = Receipt.File(
        path: entry.path, size: entry.size, sha256: entry.sha256,
        origin: Receipt.Origin(archive: note.key, member: entry.path))
    }
    if let index = archives.firstIndex(where: { $0.key == note.key && $0.record == note.record }) {
      if note.isWhole || !archives[index].isWhole { archives[index] = note }
    } else {
      archives.append(note)
    }
  }

  /// Takes the loose files of a published folder.
  ///
  /// - Parameter isWhole: whether they are all of it.
  /// - Throws: `integrity` when all of them are not what was promised; `cannot-write`, `no-space`.
  mutating func place(
    _ files: [(name: String, file: FetchedFile)], of folder: RemoteFile, isWhole: Bool,
    published: [String: [String]], into target: inout Unpacked
  ) throws(NNXError) {
    source = (folder.name, "\(folder.name): ")
    target.published.merge(published) { first, _ in first }
    let listing = Digest(.sha256)
    for (name, file) in files {
      try file.write(to: "\(target.folder)/\(name)")
      target.files[name] = Receipt.File(
        path: name, size: file.size, sha256: file.sha256,
        origin: Receipt.Origin(archive: folder.name, member: name))
      listing.update(Array("\(file.sha256)  \(name)\n".utf8))
      if file.isTemporary { discardLater([file.file.path]) }
    }
    let digest = listing.finish()
    let size = files.reduce(0) { $0 + $1.file.size }
    if isWhole { try folder.check(size: size, sha256: digest, from: folder.urls[0]) }
    archives.removeAll { $0.key == folder.name }
    archives.append(
      Receipt.ArchiveFile(
        key: folder.name, size: size, md5: nil, sha256: isWhole ? digest : nil,
        from: folder.urls[0], record: nil, doi: nil, isPinned: folder.sha256 != nil))
  }

  /// Notes downloads that are no longer needed once the model is committed.
  mutating func discardLater(_ paths: [String]) { downloads += paths.compactMap(DownloadFile.init) }

  /// Gives the downloads the state that the next process is to find them in.
  mutating func mark(_ state: DownloadFile.State) { downloads = downloads.map { $0.become(state) } }

  /// Copies an unpacked model from elsewhere and takes it over. Links and devices are left out.
  ///
  /// - Throws: see `Installer.install`.
  mutating func copy(
    _ path: String, _ item: InstallPlan.Item, _ folds: FoldSelection
  ) throws(NNXError) {
    // A folder that is called like a dataset or a trainer keeps that name: models are found by it.
    let prefix = lastComponent(path)
    source = (path, "\(parentFolder(path))/")
    let all = try Folder.files(below: path)
    let published = PublishedFolds(all.map { "\(prefix)/\($0.path)" })
    try published.check(folds)
    let files = all.filter { published.isNeeded("\(prefix)/\($0.path)", for: folds) }
    let total = files.reduce(0) { $0 + $1.size }
    try DiskSpace.require(2 * total, at: staging.path)
    var target = try begin()
    target.published = published.folds
    var counter = ByteCounter(.unpack, prefix, total: total, progress)
    for file in files {
      let own = "\(prefix)/\(file.path)"
      try Folder.create(parentFolder("\(target.folder)/\(own)"))
      let output = try NewFile("\(target.folder)/\(own)")
      try FileReader("\(path)/\(file.path)").forEachPiece { (piece) throws(NNXError) in
        try output.write(piece)
        counter.add(piece.byteCount)
      }
      target.files[own] = Receipt.File(path: own, size: file.size, sha256: try output.close())
    }
    counter.finish()
    let listing = Digest(.sha256)
    for (path, file) in target.files.sorted(by: { $0.key < $1.key }) {
      listing.update(Array("\(file.sha256)  \(path)\n".utf8))
    }
    archives = [
      Receipt.ArchiveFile(
        key: prefix, size: total, md5: nil, sha256: listing.finish(), from: path, record: nil,
        doi: nil, isPinned: false)
    ]
    try take(target, item)
  }

  /// Finds the models among the unpacked files, puts them where nnU-Net looks for them, converts
  /// them.
  mutating func take(_ unpacked: Unpacked, _ item: InstallPlan.Item) throws(NNXError) {
    let subfolder = plan.hasSeveralSets ? "sets/\(item.set)" : ""
    let prefix = subfolder.isEmpty ? "" : "\(subfolder)/"
    try Folder.create(build.home(of: subfolder))
    let old = base?.receipt.sets.first { $0.id == item.set }
    if let base, old != nil {
      let kept = base.receipt.files.filter {
        $0.path.hasPrefix(prefix) && !Receipt.isDescription($0.path)
      }
      try build.link(kept, of: base)
    }
    let all = try ResultsFolder(unpacked.folder).models
    try checkPromise(all, item)
    let found = item.chosen(of: all)
    var published: [String: [String]] = [:]
    for model in found {
      published[model.canonicalPath] = unpacked.published[model.folder]
      for file in model.files {
        let from = model.folder.isEmpty ? file : "\(model.folder)/\(file)"
        try move(from, from: unpacked, to: "\(prefix)\(model.canonicalPath)/\(file)")
      }
      // What concerns several models of a dataset; the first of them takes it along.
      for file in model.datasetFiles {
        let to = "\(prefix)\(parentFolder(model.canonicalPath))/\(file)"
        guard Folder.kind(build.path(to)) == nil else { continue }
        try move("\(parentFolder(model.folder))/\(file)", from: unpacked, to: to)
      }
    }
    let models = try ResultsFolder(build.home(of: subfolder)).models
    var set = Receipt.WeightsInstalled(
      id: item.set, role: item.role ?? old?.role, folder: subfolder,
      generation: models[0].generation.rawValue, dataset: models[0].dataset,
      configurations: models.map { model in
        let before = old?.configurations.first { $0.results == model.canonicalPath }
        let folds = InstallWork.union(before?.folds ?? [], model.folds.map(\.name))
        return Receipt.Configuration(
          name: model.configuration, trainer: model.trainer, plans: model.plans, folds: folds,
          published: InstallWork.union(
            folds, (before?.published ?? []) + (published[model.canonicalPath] ?? [])),
          results: model.canonicalPath)
      }, unsupported: nil)
    do throws(NNXError) {
      let kept = old.map { old in
        old.unsupported == nil ? (try? base?.open(set: old.id).entries) ?? [] : []
      }
      let converted = try build.convert(
        models, in: subfolder, keeping: kept ?? [], progress: progress)
      channels += converted.entries.first?.description.channels ?? []
    } catch {
      // nnU-Net itself may run what nnx cannot: it stays installed for that.
      guard error.code == .unsupportedNetwork else { throw error }
      set.unsupported = telling(error)
    }
    sets.append(set)
  }

  private static func union(_ a: [String], _ b: [String]) -> [String] {
    Set(a + b).sorted { FoldName($0) < FoldName($1) }
  }

  private mutating func move(
    _ from: String, from unpacked: Unpacked, to: String
  ) throws(NNXError) {
    guard let new = unpacked.files[from] else {
      throw NNXError(.bug, "\(from) was not unpacked by this install")
    }
    if base != nil, let old = build.file(to) {
      guard old.sha256 == new.sha256 else {
        throw NNXError(
          .integrity, "\(plan.name) is installed from another archive than this one",
          details: ["\(to) differs", "Nothing was changed."],
          fixes: ["Install it anew: nnx install \(plan.name) --force"])
      }
      if build.holds(to) { return }
    }
    try build.take(
      "\(unpacked.folder)/\(from)",
      as: Receipt.File(path: to, size: new.size, sha256: new.sha256, origin: new.origin))
    told[to] = new.origin.map { "\($0.archive): \($0.member)" } ?? "\(source.prefix)\(from)"
  }

  /// Takes sets of the base over as they are.
  mutating func keep(
    where isKept: (Receipt.WeightsInstalled) -> Bool
  ) throws(NNXError) {
    guard let base else { return }
    sets = base.receipt.sets.filter(isKept)
    for set in sets {
      let prefix = set.folder.isEmpty ? "" : "\(set.folder)/"
      try build.link(
        base.receipt.files.filter { $0.path.hasPrefix(prefix) && $0.path != Receipt.cardName },
        of: base)
    }
  }

  /// Drops the published checkpoints whose weights were converted.
  mutating func slim() throws(NNXError) {
    let below = sets.filter { $0.unsupported == nil }.map {
      $0.folder.isEmpty ? "nnUNet" : "\($0.folder)/nnUNet"
    }
    try build.drop(
      build.files().filter { file in
        InstalledModel.isCheckpoint(file.path) && below.contains { file.path.hasPrefix($0) }
      })
  }

  /// What the archive holds must be what the registry says it holds.
  private func checkPromise(
    _ models: [PublishedModel], _ item: InstallPlan.Item
  ) throws(NNXError) {
    guard let dataset = item.dataset, !models.contains(where: { $0.dataset == dataset }) else {
      return
    }
    throw NNXError(
      .integrity, "\(plan.name) should hold \(dataset), and holds \(models[0].dataset)",
      details: ["Nothing was installed."])
  }

  /// Writes card and receipt and flushes everything.
  ///
  /// - Throws: `no-space`, `cannot-write`.
  mutating func finish() throws(NNXError) -> Receipt {
    if let card = plan.card { try build.write(card: card) }
    var files = try build.files()
    if let stated = plan.stated { adopt(stated, &files) }
    let order = plan.items.map(\.set) + plan.absent
    sets.sort { (order.firstIndex(of: $0.id) ?? .max) < (order.firstIndex(of: $1.id) ?? .max) }
    let version = plan.version ?? String((archives.first?.sha256 ?? "0").prefix(12))
    var receipt = Receipt(
      name: plan.name, version: version, title: plan.title, organs: plan.organs,
      modalities: plan.modalities.isEmpty ? Modality.names(of: channels) : plan.modalities,
      source: plan.stated?.unproven
        ?? .init(kind: plan.kind, registry: plan.registry, archives: archives), sets: sets,
      files: files, licenses: plan.licenses, nnx: Version.current,
      installed: ProcessFacts.timestamp)
    receipt.dropped = build.dropped
    receipt.lacking = order.filter { id in !sets.contains { $0.id == id } }
    try build.seal(receipt, flushing: files)
    return receipt
  }

  /// What a pack's receipt says of where its files came from in the first place.
  private mutating func adopt(_ stated: Receipt, _ files: inout [Receipt.File]) {
    let origins = Dictionary(
      stated.files.map { ($0.path, $0.origin) }, uniquingKeysWith: { first, _ in first })
    for index in files.indices { files[index].origin = origins[files[index].path] ?? nil }
    for (index, set) in sets.enumerated() {
      for (position, configuration) in set.configurations.enumerated() {
        let before = stated.sets.first { $0.id == set.id }?.configurations.first {
          $0.results == configuration.results
        }
        sets[index].configurations[position].published = InstallWork.union(
          configuration.folds, before?.published ?? [])
      }
    }
  }
}
