import NNXModel
import NNXSystem

/// What is installed under one name and version, and where it came from (docs/format/store.md).
///
/// Lies beside the model and is the only truth about it; every index can be made anew from receipts.
package struct Receipt: Codable, Equatable, Sendable {
  package static let fileName = "receipt.json"
  static let cardName = "card.json"
  /// Version of the format that this nnx writes, and the highest it reads.
  package static let schema = 1

  @Checked<ModelName> package var name: String
  /// `2024.6.11`, or the beginning of the archive's SHA-256 for local files.
  @Checked<ModelVersion> package var version: String
  /// One line for lists.
  package var title: String
  package var organs: [String]
  /// DICOM modalities of the inputs.
  package var modalities: [String]
  package var source: Source
  /// Most models have one set of weights.
  package var sets: [WeightsInstalled]
  /// Every file below the model's folder but the receipt, sorted by path.
  package var files: [File]
  /// Ids of the sets of weights of the entry that were left out: what was asked for did not need them.
  @AbsentWhenEmpty package var lacking: [String] = []
  /// Published files that were dropped after conversion (`--slim`), as they were.
  @AbsentWhenEmpty package var dropped: [File] = []
  /// The statements that were shown at install.
  package var licenses: [License]
  /// Version of nnx that installed and converted.
  package var nnx: String
  /// UTC, `2026-11-23T12:49:37Z`.
  package var installed: String

  private enum CodingKeys: CodingKey {
    case name, version, title, organs, modalities, source, sets, licenses, files, nnx, installed
    case dropped, lacking
  }

  /// Where the bytes came from.
  package struct Source: Codable, Equatable, Sendable {
    package enum Kind: String, Word {
      case registry, record, file, folder
    }

    package var kind: Kind
    /// Of the registry that named the files: its path, or how it calls itself.
    package var registry: String?
    package var archives: [ArchiveFile]
  }

  /// One published file.
  package struct ArchiveFile: Codable, Equatable, Sendable {
    package var key: String
    /// Bytes.
    package var size: Int
    /// `nil` for folders, and where the archive was never seen whole.
    package var md5: String?
    /// `nil` where the archive was never seen whole: then its members were checked by CRC-32, and the
    /// digests in `files` are those of the first sight. For folders that of the list of their files'
    /// digests and paths.
    package var sha256: String?
    /// Address or path it was read from.
    package var from: String
    /// Number of the Zenodo record.
    package var record: Int?
    package var doi: String?
    /// Whether a SHA-256 was promised beforehand; else it was noted at first sight.
    @FalseWhenAbsent package var isPinned: Bool
    /// Entity tag of the host that the members were taken from one by one.
    var tag: String?

    private enum CodingKeys: String, CodingKey {
      case key, size, md5, sha256, from, record, doi
      case isPinned = "pinned"
      case tag
    }

    /// Whether every byte of it was seen and hashed.
    package var isWhole: Bool { sha256 != nil }
  }

  /// One set of weights: nnU-Net's tree and the native form beside it.
  package struct WeightsInstalled: Codable, Equatable, Sendable {
    package var id: String
    package var role: String?
    /// Folder relative to the model's; empty when it is that folder itself.
    @Checked<StoredFolder> package var folder: String
    package var generation: Int
    /// `Dataset006_Liver`, `Task773_Liver`.
    @Checked<StoredPath> package var dataset: String
    package var configurations: [Configuration]
    /// Why nnx cannot predict with it; nnU-Net may.
    @UnsupportedReason package var unsupported: NNXError?
  }

  /// One configuration that was published.
  package struct Configuration: Codable, Equatable, Sendable {
    @Checked<FileName> package var name: String
    @Checked<FileName> package var trainer: String
    @Checked<FileName> package var plans: String
    /// `0` to `4`, `all`.
    package var folds: [String]
    /// The folds that the archive holds; more than `folds` when some were left there.
    package var published: [String]
    /// Where nnU-Net looks for it, relative to the set's folder.
    @Checked<StoredPath> package var results: String
  }

  package struct File: Codable, Equatable, Sendable {
    /// Relative to the model's folder.
    @Checked<StoredPath> package var path: String
    /// Bytes.
    package var size: Int
    package var sha256: String
    /// Where it was unpacked from; `nil` for what nnx made itself.
    package var origin: Origin?
  }

  /// An entry of a published archive.
  package struct Origin: Codable, Equatable, Sendable {
    /// Key of one of `source.archives`.
    package var archive: String
    /// Its path in there.
    @Checked<StoredPath> package var member: String
  }

  /// Whether a file says what the model is and belongs to none of its folds: it is written anew with
  /// every change.
  static func isDescription(_ path: String) -> Bool {
    path == cardName || path == fileName || lastComponent(path) == ModelFolder.fileName
  }

  /// The folds that were installed, when more were published.
  package var folds: FoldSelection { FoldSelection(of: sets.flatMap(\.configurations)) }

  /// Whether folds that were published, or networks of the entry, are not here.
  package var isPartial: Bool { folds != .all || !lacking.isEmpty }

  /// Bytes of all files.
  package var bytes: Int { files.reduce(0) { $0 + $1.size } }

  /// Digest of the model: of the paths and digests of its files, whether or not its checkpoints were dropped
  /// after conversion.
  package var digest: String { digest { _ in true } }

  /// Digest of some of its files, those included that were dropped.
  func digest(where isCounted: (String) -> Bool) -> String {
    let digest = Digest(.sha256)
    let all = (files + dropped).sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    for file in all where isCounted(file.path) {
      digest.update(Array("\(file.sha256)  \(file.path)\n".utf8))
    }
    return digest.finish()
  }

  /// Whether what is dropped can be fetched again from where the model was published.
  var isPublished: Bool { [.registry, .record].contains(source.kind) }
}

extension Receipt.File {
  private enum CodingKeys: CodingKey { case path, size, sha256, member }

  package init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: CodingKeys.self)
    _path = try members.decode(Checked<StoredPath>.self, forKey: .path)
    size = try members.decode(Int.self, forKey: .size)
    sha256 = try members.decode(String.self, forKey: .sha256)
    origin = members.contains(.member) ? try Receipt.Origin(from: decoder) : nil
  }

  package func encode(to encoder: any Encoder) throws {
    var members = encoder.container(keyedBy: CodingKeys.self)
    try members.encode(path, forKey: .path)
    try members.encode(size, forKey: .size)
    try members.encode(sha256, forKey: .sha256)
    try origin?.encode(to: encoder)
  }
}

extension Receipt.Configuration {
  private enum CodingKeys: CodingKey { case name, trainer, plans, folds, published, results }

  package init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: CodingKeys.self)
    _name = try members.decode(Checked<FileName>.self, forKey: .name)
    _trainer = try members.decode(Checked<FileName>.self, forKey: .trainer)
    _plans = try members.decode(Checked<FileName>.self, forKey: .plans)
    folds = try members.decode([String].self, forKey: .folds)
    published = try members.decodeIfPresent([String].self, forKey: .published) ?? folds
    _results = try members.decode(Checked<StoredPath>.self, forKey: .results)
  }

  package func encode(to encoder: any Encoder) throws {
    var members = encoder.container(keyedBy: CodingKeys.self)
    try members.encode(name, forKey: .name)
    try members.encode(trainer, forKey: .trainer)
    try members.encode(plans, forKey: .plans)
    try members.encode(folds, forKey: .folds)
    // A lock names them where the archive holds more.
    if published != folds || !encoder.omitsNull {
      try members.encode(published, forKey: .published)
    }
    try members.encode(results, forKey: .results)
  }
}
