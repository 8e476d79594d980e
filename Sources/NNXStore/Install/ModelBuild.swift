import Glibc
import NNXModel
import NNXSystem

/// One model taking shape in a staging folder, until it is complete enough to be committed.
struct ModelBuild {
  let plan: InstallPlan
  private let staging: Staging
  private let progress: ProgressHandler
  private var sets: [Receipt.WeightsInstalled] = []
  private var archives: [Receipt.ArchiveFile] = []
  /// Digests of files by their path in the model's folder.
  private var digests: [String: String] = [:]
  private var temporary: [String] = []
  /// Bytes that crossed the network.
  private(set) var downloaded = 0

  init(plan: InstallPlan, staging: Staging, progress: @escaping ProgressHandler) {
    self.plan = plan
    self.staging = staging
    self.progress = progress
  }

  /// What becomes `models/<name>/<version>`.
  var folder: String { "\(staging.path)/model" }

  /// Unpacks fetched archives and takes over the models in them.
  ///
  /// - Throws: see `Installer.install`.
  mutating func unpack(
    _ files: [(RemoteFile, FetchedFile)], _ item: InstallPlan.Item
  ) throws(NNXError) {
    let target = "\(staging.path)/unpacked.\(sets.count)"
    try Folder.create(target)
    var digests: [String: String] = [:]
    for (file, fetched) in files {
      downloaded += fetched.transferred
      archives.append(
        Receipt.ArchiveFile(
          key: file.name, size: fetched.size, md5: fetched.md5, sha256: fetched.sha256,
          from: fetched.source, record: item.record, doi: item.doi, isPinned: file.sha256 != nil))
      let archive = try Archive(fetched.file)
      let isWanted = { (path: String) in item.within.map(path.hasPrefix) ?? true }
      for unpacked in try archive.unpack(into: target, where: isWanted, progress: progress) {
        digests[unpacked.path] = unpacked.sha256
      }
      if fetched.isTemporary { temporary.append(fetched.file.path) }
    }
    try take(target, digests, item)
  }

  /// Copies an unpacked model from elsewhere and takes it over. Links and devices are left out.
  ///
  /// - Throws: see `Installer.install`.
  mutating func copy(_ source: String, _ item: InstallPlan.Item) throws(NNXError) {
    let files = try Folder.files(below: source)
    let total = files.reduce(0) { $0 + $1.size }
    try DiskSpace.require(2 * total, at: staging.path)
    // A folder that is called like a dataset or a trainer keeps that name: models are found by it.
    let target = "\(staging.path)/unpacked.\(sets.count)"
    let prefix = lastComponent(source)
    var counter = ByteCounter(.unpack, prefix, total: total, progress)
    var digests: [String: String] = [:]
    for file in files {
      let path = "\(prefix)/\(file.path)"
      try Folder.create(parentFolder("\(target)/\(path)"))
      let output = try NewFile("\(target)/\(path)")
      let digest = Digest(.sha256)
      try FileReader("\(source)/\(file.path)").forEachPiece { (piece) throws(NNXError) in
        try output.write(piece)
        digest.update(piece)
        counter.add(piece.byteCount)
      }
      try output.finish()
      digests[path] = digest.finish()
    }
    counter.finish()
    let listing = Digest(.sha256)
    for (path, digest) in digests.sorted(by: { $0.key < $1.key }) {
      listing.update(Array("\(digest)  \(path)\n".utf8))
    }
    archives.append(
      Receipt.ArchiveFile(
        key: prefix, size: total, md5: nil, sha256: listing.finish(), from: source, record: nil,
        doi: nil, isPinned: false))
    try take(target, digests, item)
  }

  /// Finds the models below `unpacked`, puts them where nnU-Net looks for them, converts them.
  private mutating func take(
    _ unpacked: String, _ unpackedDigests: [String: String], _ item: InstallPlan.Item
  ) throws(NNXError) {
    let subfolder = plan.items.count == 1 ? "" : "sets/\(item.set)"
    let home = subfolder.isEmpty ? folder : "\(folder)/\(subfolder)"
    let prefix = subfolder.isEmpty ? "" : "\(subfolder)/"
    try Folder.create(home)
    let found = try ResultsFolder(unpacked).models
    try checkPromise(found, item)
    for model in found {
      for file in model.files {
        let from = model.folder.isEmpty ? file : "\(model.folder)/\(file)"
        let to = "\(model.canonicalPath)/\(file)"
        try Folder.create(parentFolder("\(home)/\(to)"))
        guard Folder.kind("\(home)/\(to)") == nil else {
          throw NNXError(
            .invalidModel, "\(plan.name) holds two models that belong at \(model.canonicalPath)")
        }
        guard unsafe rename("\(unpacked)/\(from)", "\(home)/\(to)") == 0 else {
          throw .system("cannot move", "\(unpacked)/\(from)")
        }
        digests[prefix + to] = unpackedDigests[from]
      }
      // What concerns several models of a dataset; the first of them takes it along.
      for file in model.datasetFiles {
        let from = "\(parentFolder(model.folder))/\(file)"
        let to = "\(parentFolder(model.canonicalPath))/\(file)"
        guard Folder.kind("\(home)/\(to)") == nil else { continue }
        try Folder.create(parentFolder("\(home)/\(to)"))
        guard unsafe rename("\(unpacked)/\(from)", "\(home)/\(to)") == 0 else {
          throw .system("cannot move", "\(unpacked)/\(from)")
        }
        digests[prefix + to] = unpackedDigests[from]
      }
    }
    let models = try ResultsFolder(home).models
    var set = Receipt.WeightsInstalled(
      id: item.set, role: item.role, folder: subfolder, generation: models[0].generation.rawValue,
      dataset: models[0].dataset,
      configurations: models.map {
        Receipt.Configuration(
          name: $0.configuration, trainer: $0.trainer, plans: $0.plans, folds: $0.folds.map(\.name),
          results: $0.canonicalPath)
      }, unsupported: nil)
    do throws(NNXError) {
      let converted = try ModelConversion.convert(models, into: home, progress: progress)
      for entry in converted.entries {
        for fold in entry.folds + entry.alternatives {
          digests[prefix + fold.weights] = fold.sha256
        }
      }
    } catch {
      // nnU-Net itself may run what nnx cannot: it stays installed for that.
      guard error.code == .unsupportedNetwork else { throw error }
      try Folder.remove("\(home)/weights")
      set.unsupported = error
    }
    sets.append(set)
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
    if let card = plan.card {
      let file = try AtomicFile("\(folder)/\(Receipt.cardName)")
      try file.write(card.text(pretty: true) + "\n")
      try file.commit()
    }
    var files: [Receipt.File] = []
    for (path, size) in try Folder.files(below: folder) {
      var digest = digests[path]
      if digest == nil { digest = try Digest.ofFile("\(folder)/\(path)", .sha256) }
      files.append(Receipt.File(path: path, size: size, sha256: digest ?? ""))
    }
    let version = plan.version ?? String((archives.first?.sha256 ?? "").prefix(12))
    let receipt = Receipt(
      name: plan.name, version: version, title: plan.title, organs: plan.organs,
      modalities: plan.modalities,
      source: plan.stated?.unproven
        ?? .init(kind: plan.kind, registry: plan.registry, archives: archives), sets: sets,
      files: files, licenses: plan.licenses, nnx: Version.current,
      installed: ProcessFacts.timestamp)
    try receipt.write(to: folder)
    try syncFolders(below: folder)
    return receipt
  }

  private func syncFolders(below folder: String) throws(NNXError) {
    try syncFolder(of: "\(folder)/.")
    for name in try Folder.entries(folder) where Folder.kind("\(folder)/\(name)") == .folder {
      try syncFolders(below: "\(folder)/\(name)")
    }
  }

  /// Deletes the downloads that are no longer needed.
  func removeArchives() {
    for path in temporary {
      try? Folder.remove(path)
      try? Folder.remove("\(path).json")
    }
  }
}
