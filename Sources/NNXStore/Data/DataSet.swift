import NNXSystem

/// Annotations that a publisher gives beside a model: one archive of a record on Zenodo.
///
/// Known are those of the record of BAMF Health's AIMI annotations (10.5281/zenodo.8345959, version 2.0.2);
/// nobody but Zenodo states their sizes and digests, so it is asked before anything is fetched.
package struct DataSet: Equatable, Sendable {
  /// Of the model that was judged: `liver-mr`.
  package let name: String
  package let title: String
  /// Number of the record, not of its concept: what is fetched stays what it is.
  package let record: Int
  package let doi: String
  package let license: String
  package let authors: [String]
  /// Of the archive in the record.
  var key: String { "\(name).zip" }

  private init(_ name: String, _ what: String) {
    self.name = name
    title = "AIMI annotations, \(what)"
    record = 13_244_892
    doi = "10.5281/zenodo.13244892"
    license = "CC-BY-4.0"
    authors = [
      "Van Oss, Jeff", "Murugesan, Gowtham Krishnan", "McCrumb, Diana", "Soni, Rahul",
    ]
  }

  /// Source of the names: the publisher's upload script, as the registry's sources tell.
  package static let all = [
    DataSet("brain-mr", "brain tumours in MR"),
    DataSet("breast-fdg-pet-ct", "breast in FDG PET/CT"),
    DataSet("breast-mr", "breast in MR"), DataSet("kidney-ct", "kidneys in CT"),
    DataSet("liver-ct", "liver in CT"), DataSet("liver-mr", "liver in MR"),
    DataSet("liver2-ct", "liver and tumours in CT"),
    DataSet("lung-ct", "lungs and nodules in CT"),
    DataSet("lung-fdg-pet-ct", "lungs in FDG PET/CT"),
    DataSet("lung2-ct", "lungs and nodules in CT, second year"),
    DataSet("prostate-mr", "prostate in MR"),
  ]

  /// The data of a name.
  ///
  /// - Throws: `unknown-data`.
  package static func named(_ name: String) throws(NNXError) -> DataSet {
    if let found = all.first(where: { $0.name == name }) { return found }
    throw NNXError(
      .unknownData, "nnx knows no data called '\(name.excerpt)'",
      details: ["it knows " + all.map(\.name).joined(separator: ", ")],
      fixes: ["See them with: nnx data ls"])
  }
}

extension NNXError.Code {
  static let unknownData = NNXError.Code("unknown-data", .notFound)
}
