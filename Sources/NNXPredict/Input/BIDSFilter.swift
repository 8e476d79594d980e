import NNXSystem

/// Which files of a BIDS tree are meant, by the entities of their names: `suffix=T1w,ses=01`.
///
/// Names are `sub-01_ses-01_acq-mprage_T1w.nii.gz`: pairs of entity and label, the suffix last
/// (https://bids-specification.readthedocs.io, Common principles).
package struct BIDSFilter: Equatable, Sendable {
  /// Entity and the label that it has; `*` is any, and of an empty one there must be none.
  private let wanted: [String: String]
  let text: String

  /// - Parameter text: pairs `entity=label` with commas between them; `*` for any label, nothing for names without
  ///   the entity.
  /// - Throws: `usage`.
  package init(_ text: String) throws(NNXError) {
    var wanted: [String: String] = [:]
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        .map(String.init)
      guard pair.count == 2, !pair[0].isEmpty, pair != ["suffix", ""],
        wanted.updateValue(pair[1], forKey: Self.short(pair[0])) == nil
      else {
        throw NNXError(
          .usage, "--bids '\(text.excerpt)' is no list of entities",
          fixes: ["Write for instance: --bids suffix=T1w,ses=01"])
      }
    }
    (self.wanted, self.text) = (wanted, text)
  }

  /// What BIDS writes in names for the words people know.
  private static func short(_ entity: String) -> String {
    [
      "subject": "sub", "session": "ses", "acquisition": "acq", "ceagent": "ce",
      "reconstruction": "rec", "direction": "dir", "datatype": "datatype",
    ][entity] ?? entity
  }

  /// Entities whose labels are numbers.
  private static let indexes: Set<String> = ["run", "echo", "flip", "inv", "split", "chunk"]

  func takes(_ name: BIDSName) -> Bool {
    wanted.allSatisfy { entity, label in
      guard let own = name.entities[entity] else { return label.isEmpty }
      // BIDS: an index may have zeros before it.
      if let number = Int(label), Self.indexes.contains(entity) { return Int(own) == number }
      if label == "*" || own == label { return true }
      // People write sub-01 for 01.
      return label == "\(entity)-\(own)"
    }
  }
}

/// What the name of a file of a BIDS tree says.
struct BIDSName {
  /// Labels by entity, with `suffix`.
  let entities: [String: String]

  /// - Parameter stem: file name without its ending.
  /// - Returns: `nil` for other names.
  init?(_ stem: String) {
    let parts = stem.split(separator: "_", omittingEmptySubsequences: false)
    guard parts.count > 1, parts[0].hasPrefix("sub-"), let suffix = parts.last, !suffix.isEmpty,
      !suffix.contains("-")
    else { return nil }
    var entities = ["suffix": String(suffix)]
    for part in parts.dropLast() {
      let pair = part.split(separator: "-", maxSplits: 1)
      guard pair.count == 2 else { return nil }
      entities[String(pair[0])] = String(pair[1])
    }
    self.entities = entities
  }

  /// Subject and session: what channels of one case share.
  var visit: String {
    let session = entities["ses"].map { "_ses-\($0)" } ?? ""
    return "sub-\(entities["sub"] ?? "")\(session)"
  }
}
