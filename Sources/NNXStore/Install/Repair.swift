import NNXModel
import NNXSystem

extension NNXError.Code {
  /// What is damaged cannot be brought back from where it came.
  static let cannotRepair = NNXError.Code("cannot-repair", .negative)
}

extension Installer {
  package struct Repair: Sendable {
    package var model: InstalledModel
    /// Paths of what was put right.
    package var files: [String]
    /// Bytes that crossed the network.
    package var downloaded: Int
  }

  /// Brings back what is damaged, and nothing else: published files from the archive they came
  /// from, weights by converting their checkpoint again.
  ///
  /// The work is done on a copy (links to what is whole) and becomes visible by one exchange: a
  /// killed repair leaves the old state.
  ///
  /// - Parameters:
  ///   - verify: what is damaged; a deep one.
  ///   - registry: knows further addresses of the archives.
  /// - Throws: `cannot-repair` with what to do instead; what fetching throws. The model is as it was
  ///   then.
  package func repair(
    _ verify: Verify, registry: Registry, onWait: () -> Void = {},
    progress: @escaping ProgressHandler = { _ in }
  ) throws(NNXError) -> Repair {
    let model = verify.model
    guard !model.isShared else {
      throw NNXError(
        .cannotRepair, "\(model.name) lies in the shared store \(parentFolder(model.path))",
        fixes: ["Only those who keep that store can repair it"])
    }
    let lock = try lock(model.name, onWait)
    defer { withExtendedLifetime(lock) {} }
    let staging = try Staging(in: location)
    var work = try RepairWork(
      verify: verify, staging: staging, transport: transport, registry: registry,
      progress: progress)
    do throws(NNXError) { try work.run() } catch {
      throw staging.telling(error, as: model.receipt.source.archives.first?.key ?? model.name)
    }
    try store.commit(work.build.folder, model.receipt)
    work.removeParts()
    guard
      let repaired = try store.installed().first(where: {
        $0.name == model.name && $0.version == model.version
      })
    else { throw NNXError(.bug, "\(model.name) is not there after it was repaired") }
    return Repair(
      model: repaired, files: verify.damaged.map(\.path), downloaded: work.downloaded)
  }
}

/// One repair on its way.
private struct RepairWork {
  let verify: Verify
  let staging: Staging
  let transport: any Transport
  let registry: Registry
  let progress: ProgressHandler
  private(set) var build: ModelFolderBuild
  private(set) var downloaded = 0
  private var parts: [String] = []

  init(
    verify: Verify, staging: Staging, transport: any Transport, registry: Registry,
    progress: @escaping ProgressHandler
  ) throws(NNXError) {
    self.verify = verify
    self.staging = staging
    self.transport = transport
    self.registry = registry
    self.progress = progress
    build = try ModelFolderBuild(
      of: verify.model.name, in: staging, dropped: verify.model.receipt.dropped)
  }

  private var receipt: Receipt { verify.model.receipt }

  mutating func run() throws(NNXError) {
    let bad = Set(verify.damaged.map(\.path))
    try build.link(receipt.files.filter { !bad.contains($0.path) }, of: verify.model)
    let damaged = receipt.files.filter { bad.contains($0.path) }
    let derived = damaged.filter { isDerived($0.path) }
    if damaged.contains(where: { $0.path == Receipt.cardName }) { try restoreCard() }
    // Weights are made of checkpoints; those that were dropped after conversion are needed again.
    let sources = derived.flatMap { checkpoints(of: $0.path) }
    let published = damaged.filter { !isDerived($0.path) && $0.path != Receipt.cardName }
    try fetch(published + receipt.dropped.filter { sources.contains($0.path) })
    for set in receipt.sets where set.unsupported == nil {
      try convert(set, derived.map(\.path))
    }
    try build.drop(receipt.dropped)
    for file in damaged {
      let got = try Digest.ofFile(build.path(file.path), .sha256)
      guard got == file.sha256 else {
        throw .cannotRepair(
          receipt.name, "\(file.path) would not become what was installed",
          ["expected sha256  \(file.sha256)", "got              \(got)"])
      }
    }
    try build.seal(receipt, flushing: damaged)
  }

  /// Whether nnx made a file from others of the model.
  private func isDerived(_ path: String) -> Bool {
    receipt.sets.contains { set in
      let prefix = set.folder.isEmpty ? "" : "\(set.folder)/"
      return path == prefix + ModelFolder.fileName || path.hasPrefix("\(prefix)weights/")
    }
  }

  /// The published files that weights are made of, or that `model.json` is.
  private func checkpoints(of path: String) -> [String] {
    let known = receipt.files.map(\.path) + receipt.dropped.map(\.path)
    return receipt.sets.flatMap { set in
      let prefix = set.folder.isEmpty ? "" : "\(set.folder)/"
      guard path.hasPrefix(prefix) else { return [String]() }
      return set.configurations.flatMap { configuration in
        let results = "\(prefix)\(configuration.results)/"
        let folds = configuration.folds.filter {
          path == prefix + ModelFolder.fileName
            || path.hasPrefix("\(prefix)weights/\(configuration.name)/fold_\($0).")
        }
        return known.filter { file in
          folds.contains { fold in
            FoldName(fold).folders.contains { file.hasPrefix("\(results)\($0)/") }
          }
        }
      }
    }
  }

  /// Converts the folds of a set whose weights or description are gone.
  private mutating func convert(
    _ set: Receipt.WeightsInstalled, _ wanted: [String]
  ) throws(NNXError) {
    let prefix = set.folder.isEmpty ? "" : "\(set.folder)/"
    let own = wanted.filter { $0 == prefix + ModelFolder.fileName || $0.hasPrefix(prefix) }
    guard own.contains(where: { isDerived($0) }) else { return }
    let home = build.home(of: set.folder)
    // A description that is whole says which weights there are; without it all are made anew.
    var kept = (try? ModelFolder(opening: home).entries) ?? []
    for index in kept.indices {
      kept[index].folds.removeAll { own.contains(prefix + $0.weights) }
      kept[index].alternatives.removeAll { own.contains(prefix + $0.weights) }
    }
    _ = try build.convert(
      ResultsFolder(home).models, in: set.folder, keeping: kept, progress: progress)
  }

  /// The entry of the registry, if it is still the one that was installed.
  private func restoreCard() throws(NNXError) {
    guard let card = registry.card(named: receipt.name) else {
      throw .cannotRepair(receipt.name, "no registry has its entry any more", [])
    }
    try build.write(card: card.entry)
  }

  /// Brings published files from their archives.
  private mutating func fetch(_ files: [Receipt.File]) throws(NNXError) {
    for archive in receipt.source.archives {
      let own = files.filter { $0.origin?.archive == archive.key }
      guard !own.isEmpty else { continue }
      let target = "\(staging.path)/fetched"
      try Folder.remove(target)
      try Folder.create(target)
      let members = Set(own.compactMap { $0.origin?.member })
      if let folder = publishingHosts().lazy.compactMap({ $0.folder(of: archive.from) }).first {
        try fetchLoose(own, of: folder, into: target)
      } else if archive.from.contains("://") {
        try fetchParts(of: archive, members, into: target)
      } else {
        try unpackLocal(archive, members, into: target)
      }
      for file in own { try build.take("\(target)/\(file.origin?.member ?? "")", as: file) }
    }
    let known = receipt.source.archives.map(\.key)
    if let lost = files.first(where: { !known.contains($0.origin?.archive ?? "") }) {
      let from = receipt.source.archives.first?.from ?? "?"
      throw .cannotRepair(
        receipt.name, "nothing tells where \(lost.path) came from; the model came from \(from)", [],
        fix: "nnx install \(from) --name \(receipt.name) --force")
    }
  }

  private mutating func fetchParts(
    of archive: Receipt.ArchiveFile, _ members: Set<String>, into target: String
  ) throws(NNXError) {
    let file = remoteFile(archive)
    let progress = progress
    var (moved, kept) = (0, [String]())
    let isThere = try transport.withParts(of: file, progress: progress) {
      (parts) throws(NNXError) in
      try Folder.remove(target)
      try Folder.create(target)
      defer { moved += parts.transferred }
      _ = try Archive(parts).unpack(into: target, where: members.contains, progress: progress)
      kept = parts.files
    }
    if !isThere {
      let whole = try transport.fetch(file, progress: progress)
      moved += whole.transferred
      _ = try Archive(whole.file).unpack(into: target, where: members.contains, progress: progress)
      if whole.isTemporary { kept.append(whole.file.path) }
    }
    downloaded += moved
    parts += kept
  }

  /// Brings loose files, each with the digest that the receipt has of it.
  private mutating func fetchLoose(
    _ files: [Receipt.File], of folder: PublishedFolder, into target: String
  ) throws(NNXError) {
    for file in files {
      let member = file.origin?.member ?? ""
      let url = folder.address(of: member)
      var remote = RemoteFile(name: member, urls: [url], size: file.size, sha256: file.sha256)
      remote.isArchive = false
      let fetched = try transport.fetch(remote, progress: progress)
      downloaded += fetched.transferred
      try fetched.write(to: "\(target)/\(member)")
      if fetched.isTemporary { parts.append(fetched.file.path) }
    }
  }

  /// The archive as it was installed, with every address that is known.
  private func remoteFile(_ archive: Receipt.ArchiveFile) -> RemoteFile {
    var urls = [archive.from]
    var hosts: Set<String> = []
    if let card = registry.card(named: receipt.name) {
      for set in card.weights {
        for file in set.files where file.key == archive.key {
          guard let known = try? registry.home(of: card).remoteFile(file, of: set) else { continue }
          urls += known.urls.filter { !urls.contains($0) && $0.contains("://") }
          hosts.formUnion(known.hosts)
        }
      }
    }
    // The host was trusted at install.
    if let host = URLParts(archive.from)?.policyName { hosts.insert(host) }
    var file = RemoteFile(
      name: archive.key, urls: urls, size: archive.size, md5: archive.md5, sha256: archive.sha256)
    file.hosts = hosts
    return file
  }

  private func unpackLocal(
    _ archive: Receipt.ArchiveFile, _ members: Set<String>, into target: String
  ) throws(NNXError) {
    let file = RemoteFile(
      name: archive.key, urls: [archive.from], size: archive.size, sha256: archive.sha256)
    let source: FileReader
    do throws(NNXError) {
      source = try LocalTransport().fetch(file, progress: progress).file
    } catch {
      let isGone = error.code == .fileNotFound
      throw .cannotRepair(
        receipt.name,
        isGone
          ? "the file it came from is gone: \(archive.from)"
          : "\(archive.from) is no longer the file it came from", error.details,
        fix: "With the right file: nnx install FILE.zip --name \(receipt.name) --force")
    }
    _ = try Archive(source).unpack(into: target, where: members.contains, progress: progress)
  }

  /// Deletes what was fetched and is in place now.
  func removeParts() {
    for path in parts {
      try? Folder.remove(path)
      try? Folder.remove("\(path).json")
    }
  }
}

extension NNXError {
  fileprivate static func cannotRepair(
    _ name: String, _ reason: String, _ details: [String], fix: String? = nil
  ) -> NNXError {
    NNXError(
      .cannotRepair, "\(name) cannot be repaired: \(reason)",
      details: details + ["Nothing was changed."],
      fixes: [fix ?? "Install it anew: nnx install \(name) --force"])
  }
}
