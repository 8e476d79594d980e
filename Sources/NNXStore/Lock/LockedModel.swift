import NNXModel
import NNXSystem

/// One model of a lock: where its files come from and what they have to be.
package struct LockedModel: Codable, Equatable, Sendable {
  @Checked<ModelName> package var name: String
  @Checked<ModelVersion> package var version: String
  package var kind: Receipt.Source.Kind
  /// Name of the registry, for models that one describes.
  package var registry: String?
  package var licenses: [License]
  @Filled package var sets: [WeightsLocked]
  /// Ids of the sets of the model that are not meant.
  @AbsentWhenEmpty package var lacking: [String] = []
  /// Digest of the published files in nnU-Net's tree.
  @Checked<SHA256Text> package var published: String
  /// Digest of the native weights; `nil` when nnx cannot run the model.
  @CheckedIfThere<SHA256Text> package var weights: String?

  /// One set of weights.
  package struct WeightsLocked: Codable, Equatable, Sendable {
    @Checked<ModelName> package var id: String
    @Checked<FileName> package var dataset: String
    /// Number of the Zenodo record.
    package var record: Int?
    package var doi: String?
    @Filled package var files: [File]
    package var configurations: [Receipt.Configuration]
  }

  /// One published file.
  package struct File: Codable, Equatable, Sendable {
    @Checked<FileName> package var key: String
    /// Bytes.
    package var size: Int
    /// Both digests are `nil` when only parts of the file were ever fetched: then the digests of what was
    /// unpacked are the promise.
    @CheckedIfThere<MD5Text> package var md5: String?
    @CheckedIfThere<SHA256Text> package var sha256: String?
    /// Where it came from, for files outside Zenodo.
    @CheckedIfThere<WebAddress> package var url: String?
    /// Relative to the lock, for files that lie below it.
    @CheckedIfThere<RelativePath> package var path: String?
  }

  /// Describes an installed model.
  ///
  /// - Throws: `unreadable`, `invalid-json` for a damaged card.
  init(_ model: InstalledModel, registry: Registry, folder: String) throws(NNXError) {
    let receipt = model.receipt
    name = receipt.name
    version = receipt.version
    kind = receipt.source.kind
    self.registry = receipt.source.registry.map { source in
      registry.parts.first { $0.source == source }?.name
        ?? (source.contains("://")
          ? (try? RegistrySource(source))?.suggestedName : nil) ?? Registry.ownName
    }
    licenses = receipt.licenses
    let files = try ArchivesOfSets(receipt, card: model.card())
    sets = receipt.sets.map { set in
      let archives = files.archives(of: set.id)
      return WeightsLocked(
        id: set.id, dataset: set.dataset, record: archives.first?.record,
        doi: archives.first?.doi, files: archives.map { File($0, folder: folder) },
        configurations: set.configurations)
    }
    lacking = receipt.lacking
    published = receipt.publishedDigest
    weights = receipt.weightsDigest
  }

  /// What a pack promises: the digests of its receipt.
  init(stated receipt: Receipt) {
    name = receipt.name
    version = receipt.version
    kind = receipt.source.kind
    registry = nil
    licenses = receipt.licenses
    sets = []
    published = receipt.publishedDigest
    weights = receipt.weightsDigest
  }

  /// Compares what was installed with what was promised.
  ///
  /// - Throws: `integrity` with both values of the first that differs.
  package func check(_ receipt: Receipt) throws(NNXError) {
    let compared = [
      ("version", version, receipt.version),
      ("published files", published, receipt.publishedDigest),
      ("weights", weights ?? "none", receipt.weightsDigest ?? "none"),
    ]
    // What was never seen whole has no digest to compare.
    let archives = sets.flatMap(\.files).compactMap { file in
      receipt.source.archives.first { $0.key == file.key }.flatMap { own in
        file.sha256.flatMap { locked in own.sha256.map { ("archive \(file.key)", locked, $0) } }
      }
    }
    for (what, expected, got) in compared + archives where expected != got {
      throw NNXError(
        .integrity,
        "\(name) is not the model that was locked or packed: its \(what) \(what.hasPrefix("archive") ? "differs" : "differ")",
        details: ["expected  \(expected)", "got       \(got)", "Nothing was installed."],
        fixes: ["If the new one is right: nnx install \(name), then nnx lock"])
    }
  }

  /// The folds that were installed, when more were published.
  package var folds: FoldSelection { FoldSelection(of: sets.flatMap(\.configurations)) }

  /// Whether `model` is exactly what is promised, judged by its receipt.
  func describes(_ model: InstalledModel) -> Bool {
    do throws(NNXError) {
      guard model.name == name else { return false }
      try check(model.receipt)
      return true
    } catch { return false }
  }
}

extension LockedModel.File {
  fileprivate init(_ archive: Receipt.ArchiveFile, folder: String) {
    key = archive.key
    size = archive.size
    md5 = archive.md5
    sha256 = archive.sha256
    url = archive.record == nil && archive.from.contains("://") ? archive.from : nil
    let below = folder.hasSuffix("/") ? folder : folder + "/"
    path = archive.from.hasPrefix(below) ? String(archive.from.dropFirst(below.count)) : nil
  }
}

/// Which archive belongs to which set of weights: receipts list them for the whole model.
private struct ArchivesOfSets {
  private let receipt: Receipt
  /// Keys of the files of each set, as the registry's entry has them.
  private var keys: [String: [String]] = [:]

  init(_ receipt: Receipt, card: OrderedJSON?) {
    self.receipt = receipt
    for set in card?["weights"]?.array ?? [] {
      guard let id = set["id"]?.string else { continue }
      keys[id] = (set["files"]?.array ?? []).compactMap { $0["key"]?.string }
    }
  }

  func archives(of set: String) -> [Receipt.ArchiveFile] {
    guard receipt.sets.count + receipt.lacking.count > 1, let keys = keys[set] else {
      return receipt.source.archives
    }
    return receipt.source.archives.filter { keys.contains($0.key) }
  }
}

extension Receipt {
  /// Digest of the published files: of their paths and digests, wherever the model is installed, and
  /// whether or not its checkpoints were dropped after conversion.
  var publishedDigest: String {
    digest(where: Receipt.isPublished)
  }

  /// Whether a file of a model's folder lies in nnU-Net's tree.
  static func isPublished(_ path: String) -> Bool {
    path.contains("nnUNet_results/") || path.contains("nnUNet/")
  }

  /// Digest of the native weights, which do not depend on the machine that converted them; `nil`
  /// when there are none.
  var weightsDigest: String? {
    let isWeights = { (path: String) in path.hasSuffix(".safetensors") }
    return files.contains { isWeights($0.path) } ? digest(where: isWeights) : nil
  }

  /// Where the files of a pack came from, as far as anyone here can tell: its digests of archives are
  /// the word of whoever packed it.
  var unproven: Source {
    var source = source
    for index in source.archives.indices { source.archives[index].isPinned = false }
    return source
  }
}
