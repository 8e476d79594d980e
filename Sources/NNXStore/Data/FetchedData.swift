import NNXSystem

/// A data set that is in the store: `data/NAME/RECORD/`, what was unpacked and the receipt beside it.
///
/// The folder appears by one rename, and never changes.
package struct FetchedData: Equatable, Sendable {
  package let name: String
  package let path: String
  /// Number of the record, or `local` for what somebody brought.
  package let version: String

  static let receiptName = "nnx-data.json"
  /// What `version` is for an archive that nobody vouches for.
  static let local = "local"
}

extension Store {
  /// The data that are here, by name; of the user's own store and the shared ones.
  func fetchedData() -> [FetchedData] {
    var found: [FetchedData] = []
    for root in [location.data] + location.shared {
      for name in (try? Folder.entries("\(root)/data")) ?? [] {
        // The record's before what somebody brought.
        for version in ((try? Folder.entries("\(root)/data/\(name)")) ?? []).sorted() {
          let path = "\(root)/data/\(name)/\(version)"
          guard Folder.isFile("\(path)/\(FetchedData.receiptName)") else { continue }
          found.append(FetchedData(name: name, path: path, version: version))
        }
      }
    }
    return found
  }

  /// The data of a name, if they are here.
  package func fetched(_ set: DataSet) -> FetchedData? {
    let here = fetchedData().filter { $0.name == set.name }
    return here.first { $0.version == "\(set.record)" } ?? here.first
  }

  /// The folder of a data set.
  ///
  /// - Throws: `unknown-data`; `not-fetched`.
  package func dataFolder(_ name: String) throws(NNXError) -> String {
    let set = try DataSet.named(name)
    guard let here = fetched(set) else {
      throw NNXError(
        .notFetched, "the data of \(name) are not here",
        fixes: ["Fetch them: nnx data fetch \(name)"])
    }
    return here.path
  }
}

extension NNXError.Code {
  static let notFetched = NNXError.Code("not-fetched", .notFound)
}
