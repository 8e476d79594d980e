import NNXSystem

/// One trained model as it is published: a record, its files, and where nnU-Net finds it.
///
/// Two models may use the same set; then it stands in both entries, equal.
package struct WeightSet: Decodable, Equatable, Sendable {
  /// Unique over the registry.
  @Checked<ModelName> package var id: String
  /// What this set contributes, where a model has several.
  package var role: String?
  package var generation: ModelDescription.Generation
  /// Folder inside the archive: `Task773_Liver` or `Dataset006_Liver`. Archives are searched by
  /// content; this is a promise to compare with. `nil`: unknown.
  @CheckedIfThere<FileName> package var dataset: String?
  package var trainer: String?
  /// Plans identifier.
  package var plans: String?
  /// `nil`: unknown, or several in one archive.
  package var configuration: String?
  package var folds: [Int]?
  /// Name of the checkpoint in each fold's folder.
  package var checkpoint: String?
  /// Number of the record on Zenodo; `nil` when the files come from elsewhere.
  package var record: Int?
  /// DOI of that version of the record.
  package var doi: String?
  /// DOI of all versions together.
  package var conceptDoi: String?
  /// `2024-06-11`.
  package var published: String?
  /// Title of the record.
  package var title: String?
  /// Authors of the record, `Family, Given`.
  package var authors: [String]
  /// Empty where the publisher gives them only to whoever has a number or an account (`access`).
  package var files: [File]
  /// What the publisher wants before it hands the files out; `nil`: nothing.
  package var access: Access?
  /// Labels as trained, ascending; empty where nobody says.
  package var labels: [TrainedLabel]
  package var network: Network?
  var otherRecords: [OtherRecord]
  package var notes: [String]
  /// How well trainer, folds and layout are attested.
  package var evidence: String

  private enum CodingKeys: String, CodingKey {
    case id, role
    case generation = "nnunet"
    case dataset, trainer, plans, configuration, folds, checkpoint, record, doi, conceptDoi
    case published, title, authors, files, access, labels, network, otherRecords, notes, evidence
  }

  /// What a publisher asks for before it hands files out. nnx fetches none of these.
  package struct Access: Decodable, Equatable, Sendable {
    /// `licence number`, `account`.
    package var needs: String
    /// How a person gets the files, in order.
    package var how: [String]
    package var statedBy: String
  }

  /// A file to download.
  package struct File: Decodable, Equatable, Sendable {
    /// Name in the record.
    @Checked<FileName> package var key: String
    /// For files that come with nnx: path relative to the registry's folder.
    @CheckedIfThere<RelativePath> package var path: String?
    /// Bytes.
    package var size: Int?
    @CheckedIfThere<MD5Text> package var md5: String?
    @CheckedIfThere<SHA256Text> package var sha256: String?
    /// Who measured or read size and digests.
    package var digestsStatedBy: [String]
    /// HTTPS addresses of the same bytes.
    package var mirrors: [String]
    /// What is promised of entries of a zip file, for installs that do not see it whole.
    package var members: [Member] = []
  }

  /// An entry of a zip file.
  package struct Member: Decodable, Equatable, Sendable {
    package var path: String
    /// Bytes once unpacked.
    package var size: Int?
    @CheckedIfThere<SHA256Text> package var sha256: String?

    package init(path: String, size: Int?, sha256: String?) {
      self.path = path
      self.size = size
      self.sha256 = sha256
    }
  }

  /// A label of the network.
  package struct TrainedLabel: Decodable, Equatable, Sendable {
    package var value: Int
    /// `nil` where the sources disagree.
    package var name: String?
    package var alternatives: [ModelCard.Alternative]
  }

  /// What is known of the plans before they are downloaded.
  package struct Network: Decodable, Equatable, Sendable {
    /// Extents `(z, y, x)` after the transpose.
    package var patch: [Int]?
    /// `(z, y, x)` after the transpose, in mm.
    package var spacing: [Double]?
    package var transposeForward: [Int]?
    /// nnU-Net's scheme for each channel.
    package var normalization: [String]?
    /// Number of weights.
    package var parameters: Int?
  }

  /// A record that others use for these weights.
  struct OtherRecord: Decodable, Equatable, Sendable {
    var record: Int
    @Checked<FileName> var key: String
    @CheckedIfThere<MD5Text> var md5: String?
    var statedBy: String
    var note: String?
  }
}

extension WeightSet: SelfChecking {
  package func check() throws(DocumentProblem) {
    guard doi == record.map({ "10.5281/zenodo.\($0)" }) else {
      throw DocumentProblem(at: "doi", "is not the DOI of the record")
    }
    guard !files.isEmpty || access != nil else {
      throw DocumentProblem(at: "files", "is missing or empty")
    }
    for (index, file) in files.enumerated() {
      guard record != nil || file.path != nil || !file.mirrors.isEmpty else {
        throw DocumentProblem(
          at: "files[\(index)]", "has neither a record nor a path nor a mirror")
      }
    }
  }
}

extension WeightSet.File: SelfChecking {
  package func check() throws(DocumentProblem) {
    guard mirrors.allSatisfy({ WebAddress.flaw(of: $0) == nil }) else {
      throw DocumentProblem(at: "mirrors", "has an address that is not HTTPS")
    }
  }
}

extension WeightSet {
  /// Whether the set belongs to the Zenodo record or concept `number`.
  package func belongs(toRecord number: Int) -> Bool {
    record == number || conceptDoi == "10.5281/zenodo.\(number)"
  }
}
