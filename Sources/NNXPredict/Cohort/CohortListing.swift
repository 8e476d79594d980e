import NNXSystem

/// What lies in the folders of records at one moment, read by their names alone.
struct CohortListing: Sendable {
  /// Keys of cases that are done, as their records' names say.
  private(set) var done: Set<String> = []
  private(set) var failed: Set<String> = []
  /// By key.
  private(set) var claims: [String: CaseHistory] = [:]
  /// What processes that were killed left while they wrote a record, where a file system makes no files without
  /// names.
  private(set) var leftovers: [String] = []

  /// - Throws: `cannot-read`, `unreadable`.
  init(_ places: CohortPlaces) throws(NNXError) {
    try Self.forEachName(places.folder(.claims)) { (_, name) throws(NNXError) in
      guard let found = CaseHistory.parsed(name) else { return }
      claims[found.key, default: CaseHistory()].add(
        found.generation, isRelease: found.isRelease)
    }
    for kind in [CohortPlaces.Kind.done, .failed] {
      try Self.forEachName(places.folder(kind)) { (folder, name) throws(NNXError) in
        if name.hasPrefix(".") {
          leftovers.append("\(folder)/\(name)")
        } else if name.hasSuffix(".json") {
          let key = String(name.dropLast(5))
          if kind == .done { done.insert(key) } else { failed.insert(key) }
        }
      }
    }
  }

  private static func forEachName(
    _ folder: String, _ body: (_ folder: String, _ name: String) throws(NNXError) -> Void
  ) throws(NNXError) {
    for shard in try Folder.names(folder) where shard.utf8.count == 2 {
      let folder = "\(folder)/\(shard)"
      for name in try Folder.names(folder) { try body(folder, name) }
    }
  }

  /// The history of one case.
  ///
  /// - Throws: `cannot-read`, `unreadable`.
  static func history(_ key: CaseKey, _ places: CohortPlaces) throws(NNXError) -> CaseHistory {
    var history = CaseHistory()
    for name in try Folder.names("\(places.folder(.claims))/\(key.shard)") {
      guard let found = CaseHistory.parsed(name), found.key == key.text else { continue }
      history.add(found.generation, isRelease: found.isRelease)
    }
    return history
  }
}
