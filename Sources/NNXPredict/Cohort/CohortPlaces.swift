import NNXSystem

/// Where the records of a cohort's cases lie: below `.nnx` in the folder of its results
/// (docs/format/cohort.md).
package struct CohortPlaces: Equatable, Sendable {
  /// Kinds of records, named as their folders.
  package enum Kind: String, CaseIterable, Sendable {
    case claims, done, failed
  }

  /// Folder of the results, without a slash at its end.
  package let results: String

  package init(results: String) { self.results = Folder.trimmed(results) }

  /// The folder of all records.
  package var root: String { results == "/" ? "/.nnx" : "\(results)/.nnx" }

  /// The folder of all records of a kind, with subfolders `00` to `ff` in it (`CaseKey.shard`).
  package func folder(_ kind: Kind) -> String { "\(root)/\(kind.rawValue)" }

  /// The one record of a kind that a case has.
  package func record(_ kind: Kind, _ key: CaseKey) -> String {
    "\(folder(kind))/\(key.shard)/\(key.text).json"
  }

  /// The claim of a generation on a case, counted from 1.
  package func claim(_ key: CaseKey, _ generation: Int) -> String {
    "\(folder(.claims))/\(key.shard)/\(key.text).g\(generation)"
  }

  /// What says that a claim was given back.
  package func release(_ key: CaseKey, _ generation: Int) -> String {
    claim(key, generation) + Self.released
  }

  static let released = ".released"

  /// Path of a file of the results as records have it: from the folder of the results.
  package func relative(_ path: String) -> String {
    let folder = results == "/" ? "/" : results + "/"
    return path.hasPrefix(folder) ? String(path.dropFirst(folder.count)) : Folder.absolute(path)
  }

  /// Where a path of a record leads.
  package func path(_ relative: String) -> String {
    relative.hasPrefix("/") ? relative : results == "/" ? "/\(relative)" : "\(results)/\(relative)"
  }
}
