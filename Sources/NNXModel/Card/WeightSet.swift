/// One trained model as it is published: a record, its files, and where nnU-Net finds it.
///
/// Two models may use the same set; then it stands in both entries, equal.
package struct WeightSet: Equatable, Sendable {
  /// Fits `ModelName`; unique over the registry.
  package var id: String
  /// What this set contributes, where a model has several.
  package var role: String?
  package var generation: ModelDescription.Generation
  /// Folder inside the archive: `Task773_Liver` or `Dataset006_Liver`. Archives are searched by
  /// content; this is a promise to compare with.
  package var dataset: String
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
  package var files: [File]
  /// Labels as trained, ascending.
  package var labels: [TrainedLabel]
  package var network: Network?
  package var otherRecords: [OtherRecord]
  package var notes: [String]
  /// How well trainer, folds and layout are attested.
  package var evidence: String

  /// A file to download.
  package struct File: Equatable, Sendable {
    /// Name in the record; holds no path separator.
    package var key: String
    /// For files that come with nnx: path relative to the registry's folder, without `..`.
    package var path: String?
    /// Bytes.
    package var size: Int?
    /// Lower-case hexadecimal digits.
    package var md5: String?
    /// Lower-case hexadecimal digits.
    package var sha256: String?
    /// Who measured or read size and digests.
    package var digestsStatedBy: [String]
    /// HTTPS addresses of the same bytes.
    package var mirrors: [String]
    /// What is promised of entries of a zip file, for installs that do not see it whole.
    package var members: [Member] = []
  }

  /// An entry of a zip file.
  package struct Member: Equatable, Sendable {
    package var path: String
    /// Bytes once unpacked.
    package var size: Int?
    /// Lower-case hexadecimal digits.
    package var sha256: String?

    package init(path: String, size: Int?, sha256: String?) {
      self.path = path
      self.size = size
      self.sha256 = sha256
    }
  }

  /// A label of the network.
  package struct TrainedLabel: Equatable, Sendable {
    package var value: Int
    /// `nil` where the sources disagree.
    package var name: String?
    package var alternatives: [ModelCard.Alternative]
  }

  /// What is known of the plans before they are downloaded.
  package struct Network: Equatable, Sendable {
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
  package struct OtherRecord: Equatable, Sendable {
    package var record: Int
    package var key: String
    package var md5: String?
    package var statedBy: String
    package var note: String?
  }
}

extension WeightSet {
  /// Where to download `file`, best first: Zenodo, then the mirrors.
  package func addresses(of file: File) -> [String] {
    guard let record else { return file.mirrors }
    let key = percentEncoded(file.key)
    return ["https://zenodo.org/records/\(record)/files/\(key)?download=1"] + file.mirrors
  }

  /// Whether the set belongs to the Zenodo record or concept `number`.
  package func belongs(toRecord number: Int) -> Bool {
    record == number || conceptDoi == "10.5281/zenodo.\(number)"
  }
}

/// `text` with everything but RFC 3986's unreserved characters percent-encoded.
package func percentEncoded(_ text: String) -> String {
  var result = ""
  for byte in text.utf8 {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
      UInt8(ascii: "_"), UInt8(ascii: "~"):
      result.unicodeScalars.append(Unicode.Scalar(byte))
    default:
      let digits = String(byte, radix: 16, uppercase: true)
      result += "%" + (digits.utf8.count == 1 ? "0" : "") + digits
    }
  }
  return result
}
