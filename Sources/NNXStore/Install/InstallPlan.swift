import NNXModel
import NNXSystem

/// What an install is going to do, decided before anything is written. A value: `--dry-run` prints it.
package struct InstallPlan: Sendable {
  /// The files of one set of weights.
  package struct Item: Sendable {
    /// Id of the set.
    package var set: String
    package var role: String?
    /// The folder in the archive that the registry promises: `Dataset006_Liver`.
    package var dataset: String?
    package var files: [RemoteFile]
    package var record: Int?
    package var doi: String?
    /// The folder inside the archive that alone is meant, with its last slash; `nil`: all of it.
    package var within: String?
    /// Trainer, plans and configuration that the registry names, where an archive has several trainings.
    var training: (trainer: String?, plans: String?, configuration: String?) = (nil, nil, nil)
    /// What the publisher wants before it hands out files that are not in `files`.
    var access: WeightSet.Access?
  }

  package enum Origin: Sendable, Equatable {
    case network
    /// A pack that somebody brought; its own transport hands it over.
    case pack
    /// Files of this machine: shipped with nnx, or given by path.
    case local
    /// A folder that holds an unpacked model.
    case folder(String)
  }

  /// Name to install under.
  package var name: String
  /// `nil` until the bytes are known: local files are named by their digest.
  package var version: String?
  package var title: String
  package var organs: [String]
  package var modalities: [String]
  package var kind: Receipt.Source.Kind
  package var origin: Origin
  package var registry: String?
  package var items: [Item]
  /// Ids of the sets of weights that are wanted; `nil`: all.
  package var sets: Set<String>?
  /// Ids of sets that the model has besides, and that the plan knows no files of: what a lock or a pack was made of
  /// lacked them.
  package var absent: [String] = []
  package var licenses: [License]
  /// As it stands in the registry; kept beside the model.
  package var card: OrderedJSON?
  /// What a pack states about the model: where its files came from in the first place.
  package var stated: Receipt?
  /// What a lock or a pack promises about the installed model; compared before it becomes visible.
  package var promise: LockedModel?

  /// The sets that are wanted.
  package var wanted: [Item] { items.filter { sets?.contains($0.set) ?? true } }

  /// Whether the model has several sets, so that each lies in a folder of its own.
  var hasSeveralSets: Bool { items.count + absent.count > 1 }

  /// The plan for some of its sets of weights alone.
  package func limited(to sets: some Sequence<String>) -> InstallPlan {
    var plan = self
    plan.sets = Set(sets)
    return plan
  }

  /// The plan without the sets that an installed model lacks.
  package func limited(like receipt: Receipt) -> InstallPlan {
    receipt.lacking.isEmpty
      ? self : limited(to: items.map(\.set).filter { !receipt.lacking.contains($0) })
  }

  /// Bytes to fetch; `nil` when the size of a file is unknown.
  package var downloadSize: Int? {
    guard [.network, .pack].contains(origin) else { return 0 }
    return size
  }

  /// Bytes on the store's disk while installing: the archive's own estimate of what it unpacks to, with
  /// as much again for the native weights; `nil` when unknown.
  ///
  /// Checkpoints hardly compress, and hold optimizer state beside the weights: the native form is the
  /// smaller half.
  ///
  /// - Parameter folds: with a selection, the share of the folds that the entry names.
  package func diskSize(_ folds: FoldSelection = .all) -> Int? {
    guard let size else { return nil }
    return (size + size / 10 + size) / 1000 * share(folds) + 1000
  }

  /// Thousandths of the archives that the folds make up, as far as the entry tells.
  private func share(_ folds: FoldSelection) -> Int {
    guard case .only(let names) = folds, let published, published > 0 else { return 1000 }
    return min(1000, 1000 * names.count / published)
  }

  /// Number of folds that the entry names; `nil` when it does not say.
  package var published: Int? {
    card?["weights"]?.array?.compactMap { $0["folds"]?.array?.count }.max()
  }

  private var size: Int? {
    var total = 0
    for file in wanted.flatMap(\.files) {
      guard let size = file.size else { return nil }
      total += size
    }
    return total
  }
}

extension InstallPlan {
  /// The plan for an entry of the registry.
  ///
  /// - Parameters:
  ///   - card: the entry.
  ///   - registry: where it stands; also where its local files lie.
  /// - Throws: `file-not-found` when a file that should come with nnx does not.
  package init(_ card: ModelCard, in registry: Registry) throws(NNXError) {
    let registry = registry.home(of: card)
    name = card.name
    version = card.version
    title = card.title
    organs = card.organs
    modalities = card.modalities
    kind = .registry
    self.registry = registry.source
    licenses = card.licenses
    self.card = card.entry
    var items: [Item] = []
    var isLocal = true
    for set in card.weights {
      var files: [RemoteFile] = []
      for file in set.files {
        files.append(try registry.remoteFile(file, of: set))
        if !EmbeddedFile.isLocal(files.last?.urls.first) { isLocal = false }
      }
      if set.files.isEmpty { isLocal = false }
      items.append(
        Item(
          set: set.id, role: set.role, dataset: set.dataset, files: files, record: set.record,
          doi: set.doi, training: (set.trainer, set.plans, set.configuration), access: set.access))
    }
    self.items = items
    origin = isLocal ? .local : .network
  }

  /// The plan for an archive or a folder of this machine.
  ///
  /// - Parameters:
  ///   - path: the file or folder.
  ///   - name: what to call the model; made from the file's name when `nil`.
  /// - Throws: `file-not-found`; `usage` when no name can be made.
  package init(path: String, name: String?) throws(NNXError) {
    guard let isFolder = Folder.isFolder(path) else {
      throw NNXError(.fileNotFound, "there is no file or folder at \(path)")
    }
    // Receipts and locks name the file for other folders than the one the user stands in.
    let path = Folder.absolute(path)
    let file = lastComponent(path)
    let name = try InstallPlan.name(name, for: file)
    self.name = name
    title = "\(file), from this machine"
    organs = []
    modalities = []
    kind = isFolder ? .folder : .file
    origin = isFolder ? .folder(path) : .local
    licenses = []
    items = [
      Item(set: name, files: isFolder ? [] : [RemoteFile(name: file, urls: [path])])
    ]
  }

  /// The plan for a record that no registry describes.
  ///
  /// - Parameters:
  ///   - record: as Zenodo describes it.
  ///   - file: key of the file to install; not needed when it holds one archive.
  ///   - name: what to call the model; made from the file's name when `nil`.
  /// - Throws: `record-not-found` when there is no such file, or several to choose from; `usage`.
  package init(record: ZenodoRecord, file: String?, name: String?) throws(NNXError) {
    let archives = file == nil ? record.archives : record.files.filter { $0.key == file }
    guard let chosen = archives.first, archives.count == 1 else {
      throw NNXError(
        .recordNotFound,
        archives.isEmpty
          ? "record \(record.id) has no \(file.map { "file '\($0)'" } ?? "archive")"
          : "record \(record.id) has several archives",
        details: record.files.map(\.key),
        fixes: record.files.first.map {
          ["nnx install https://zenodo.org/records/\(record.id)/files/\($0.key)"]
        } ?? [])
    }
    let name = try InstallPlan.name(name, for: chosen.key)
    self.name = name
    version = record.version
    title = record.title
    organs = []
    modalities = []
    kind = .record
    origin = .network
    licenses =
      record.license.map {
        [License(spdx: $0, statedBy: "Zenodo", scope: nil)]
      } ?? []
    items = [
      Item(
        set: name,
        files: [
          RemoteFile(
            name: chosen.key, urls: [chosen.url], size: chosen.size, md5: chosen.md5)
        ], record: record.id, doi: record.doi)
    ]
  }

  /// The name that was asked for, or one made of the file's name.
  static func name(_ name: String?, for file: String) throws(NNXError) -> String {
    guard let name else { return try suggestedName(for: file) }
    guard ModelName.isValid(name) else {
      throw NNXError(
        .usage, "'\(name.excerpt)' cannot be the name of a model", details: [ModelName.rule])
    }
    return name
  }

  /// `Dataset007_Nodules.zip` as `dataset007-nodules`.
  ///
  /// - Throws: `usage` when nothing is left of the name.
  static func suggestedName(for file: String) throws(NNXError) -> String {
    let stem = (ArchiveName.stem(of: file) ?? file).lowercased()
    var name = ""
    for byte in stem.utf8 {
      switch byte {
      case 0x30...0x39, 0x61...0x7A: name.unicodeScalars.append(Unicode.Scalar(byte))
      default: if !name.isEmpty, !name.hasSuffix("-") { name += "-" }
      }
    }
    name = String(name.prefix(64))
    while name.hasSuffix("-") { name.removeLast() }
    guard ModelName.isValid(name) else {
      throw NNXError(
        .usage, "no name for a model can be made of '\(file.excerpt)'",
        fixes: ["Give one: nnx install \(file) --name NAME"])
    }
    return name
  }
}
