import NNXArchive
import NNXModel
import NNXSystem

/// A pack that somebody brought: read without trust, exactly like the zip of a publisher.
package struct PackFile {
  package struct Model: Sendable {
    /// As the pack states it; nothing of it counts before it was compared.
    package var receipt: Receipt
    /// The registry's entry as it was, if there was one.
    var card: OrderedJSON?
    /// Folder in the pack, with its last slash.
    var folder: String
  }

  package let path: String
  package let models: [Model]
  private let reader: FileReader
  private let archive: Archive

  /// Reads manifest and receipts.
  ///
  /// - Throws: `file-not-found`, `not-a-zip`, `unsafe-archive`, `corrupt-archive`, `invalid-pack`,
  ///   `newer-pack`, `invalid-receipt`.
  package init(_ path: String, in location: StoreLocation) throws(NNXError) {
    self.path = path
    reader = try FileReader(path)
    archive = try Archive(reader)
    let staging = try Staging(in: location)
    let archive = archive
    /// Unpacks entries of at most 16 MB, and nothing else.
    func unpack(_ wanted: Set<String>, into folder: String) throws(NNXError) {
      for entry in archive.allEntries where wanted.contains(entry.path) {
        guard entry.size <= 16 << 20 else {
          throw PackFile.invalid(path, "\(entry.path) has \(entry.size) bytes")
        }
      }
      try Folder.create(folder)
      _ = try archive.unpack(into: folder, where: wanted.contains)
    }
    let top = "\(staging.path)/pack"
    try unpack([Pack.manifestName], into: top)
    guard Folder.kind("\(top)/\(Pack.manifestName)") != nil else {
      throw PackFile.invalid(path, "it has no \(Pack.manifestName)")
    }
    /// What the pack's own files say, with errors that name them by their place in the pack.
    func told<Value>(_ read: () throws(NNXError) -> Value) throws(NNXError) -> Value {
      do throws(NNXError) { return try read() } catch { throw staging.telling(error, as: path) }
    }
    let manifest = try told { () throws(NNXError) in
      try OrderedJSON(contentsOf: "\(top)/\(Pack.manifestName)")
    }
    let folders = try PackFile.folders(manifest, path)
    let notes = folders.flatMap { folder in
      [Receipt.fileName, Receipt.cardName].map { "\(folder.folder)/\($0)" }
    }
    let below = "\(staging.path)/notes"
    try unpack(Set(notes), into: below)
    var models: [Model] = []
    for (folder, name, version) in folders {
      guard Folder.kind("\(below)/\(folder)/\(Receipt.fileName)") != nil else {
        throw PackFile.invalid(path, "it has no \(folder)/\(Receipt.fileName)")
      }
      let receipt = try told { () throws(NNXError) in
        try Receipt(ofModelIn: "\(below)/\(folder)")
      }
      guard receipt.name == name, receipt.version == version else {
        throw PackFile.invalid(path, "its manifest and the receipt of \(name) disagree")
      }
      try PackFile.check(receipt, path)
      let card = "\(below)/\(folder)/\(Receipt.cardName)"
      models.append(
        Model(
          receipt: receipt,
          card: Folder.kind(card) == nil
            ? nil : try told { () throws(NNXError) in try OrderedJSON(contentsOf: card) },
          folder: "\(folder)/"))
    }
    self.models = models
  }

  private static func folders(
    _ manifest: OrderedJSON, _ path: String
  ) throws(NNXError) -> [(folder: String, name: String, version: String)] {
    guard let schema = manifest["schema"]?.int, let entries = manifest["models"]?.array else {
      throw invalid(path, "its manifest lists no models")
    }
    guard schema <= Pack.schema else {
      throw NNXError(
        .newerPack, "\(path) has schema \(schema); this nnx reads up to \(Pack.schema)",
        fixes: ["Update nnx"])
    }
    var folders: [(folder: String, name: String, version: String)] = []
    for (index, entry) in entries.enumerated() {
      guard entry["folder"]?.string == "\(index)", let name = entry["name"]?.string,
        let version = entry["version"]?.string,
        !folders.contains(where: { $0.name == name && $0.version == version })
      else { throw invalid(path, "entry \(index) of its manifest makes no sense") }
      folders.append(("\(index)", name, version))
    }
    guard !folders.isEmpty else { throw invalid(path, "it holds no model") }
    return folders
  }

  /// What a receipt says becomes names of folders and lines on a terminal: nothing but what nnx itself
  /// would have written.
  private static func check(_ receipt: Receipt, _ path: String) throws(NNXError) {
    let ids = receipt.sets.map(\.id)
    guard !ids.isEmpty, Set(ids).count == ids.count, ids.allSatisfy(ModelName.isValid) else {
      throw invalid(path, "the sets of weights of \(receipt.name) have names that cannot be")
    }
    let isOne = ids.count + receipt.lacking.count == 1
    guard receipt.lacking.allSatisfy(ModelName.isValid) else {
      throw invalid(path, "the sets of weights of \(receipt.name) have names that cannot be")
    }
    for set in receipt.sets where set.folder != (isOne ? "" : "sets/\(set.id)") {
      throw invalid(path, "the set '\(set.id)' of \(receipt.name) lies in an odd place")
    }
    let texts =
      [receipt.title] + receipt.organs + receipt.modalities
      + receipt.licenses.flatMap { [$0.spdx, $0.statedBy] }
      + receipt.source.archives.flatMap { [$0.key, $0.from] }
    let isPlain = texts.allSatisfy { text in
      text.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) }
    }
    guard isPlain else {
      throw invalid(path, "the receipt of \(receipt.name) has control characters")
    }
  }

  private static func invalid(_ path: String, _ reason: String) -> NNXError {
    NNXError(
      .invalidPack, "\(path) is not a pack of nnx: \(reason)", details: ["Nothing was installed."],
      fixes: ["Make it again: nnx pack NAME -o FILE.nnxpack"])
  }

  /// What installs a model of this pack: the same way as from a publisher's zip, and the result has to
  /// be what the receipt in the pack states.
  package func plan(_ model: Model) -> InstallPlan {
    let receipt = model.receipt
    let items = receipt.sets.map { set in
      let within = model.folder + (set.folder.isEmpty ? "" : "\(set.folder)/")
      var size = 0
      for entry in archive.allEntries where entry.path.hasPrefix(within) {
        size += entry.size
      }
      return InstallPlan.Item(
        set: set.id, role: set.role, dataset: set.dataset,
        files: [RemoteFile(name: lastComponent(path), urls: [path], size: size)],
        record: nil, doi: nil, within: within)
    }
    var plan = InstallPlan(
      name: receipt.name, version: receipt.version, title: receipt.title, organs: receipt.organs,
      modalities: receipt.modalities, kind: receipt.source.kind, origin: .pack,
      registry: receipt.source.registry, items: items, licenses: receipt.licenses,
      card: model.card, stated: receipt, promise: LockedModel(stated: receipt))
    plan.absent = receipt.lacking
    return plan
  }

  /// What hands the pack to the installer.
  package var transport: any Transport { PackTransport(file: reader) }

  /// SHA-256 of the whole file.
  ///
  /// - Throws: `unreadable`.
  package func digest() throws(NNXError) -> String { try Digest.ofFile(path, .sha256) }
}

/// The pack is here, and was opened before its directory was checked.
private struct PackTransport: Transport {
  let file: FileReader

  func fetch(
    _ file: RemoteFile, progress: @escaping ProgressHandler
  ) throws(NNXError) -> FetchedFile {
    FetchedFile(
      file: self.file, size: self.file.count, md5: "", sha256: "", source: self.file.path,
      transferred: 0, isTemporary: false)
  }
}
