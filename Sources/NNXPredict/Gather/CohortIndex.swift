import Glibc
import NNXImage
import NNXSystem
import Synchronization

/// An index of a folder of results in SQLite: what its run records and lists of cases say, without reading them all
/// again.
///
/// Records are the truth. Whoever asks compares the stamps of all of them with those that the index was made from,
/// and catches up; it can be deleted at any time. It lies in the cache, not in the folder: several people may look at
/// one folder, on file systems that lock nothing.
package final class CohortIndex {
  /// A case that has a record.
  package struct Entry: Equatable, Sendable {
    /// Path of the segmentation from the folder of results.
    package let result: String
    /// Whether it is there.
    package let isThere: Bool
    /// Why the record cannot be used; empty where it can.
    package let problem: String

    /// The case's name.
    package var name: String { CohortIndex.stem(result) }
  }

  /// Rows of tables that a record gives: for each of its structures a list of fields.
  package typealias Rows = @Sendable (_ segmentation: String, _ record: RecordedFiles) -> [[String]]

  private static let schema = 1
  private let results: String
  private let database: Database
  private let rows: Rows

  /// Opens the index of a folder, makes it where there is none that can be used, and catches up.
  ///
  /// - Parameters:
  ///   - results: the folder.
  ///   - cache: folder of the user's cache.
  ///   - rows: called for records that changed; another version of it needs another `schema`.
  /// - Throws: `file-not-found`, `unreadable`; `catalogue` when no index can be made.
  package init(of results: String, cache: String, rows: @escaping Rows) throws(NNXError) {
    self.results = Folder.trimmed(results)
    self.rows = rows
    let key = Digest.sha256(Folder.absolute(results)).prefix(24)
    let path = "\(cache)/cohorts/\(key).sqlite"
    try Folder.create("\(cache)/cohorts")
    do throws(NNXError) {
      database = try Self.open(path)
    } catch {
      guard error.code == .catalogueDamaged else { throw error }
      for suffix in ["-journal", ""] { try Folder.remove(path + suffix) }
      database = try Self.open(path)
    }
    try catchUp()
  }

  private static func open(_ path: String) throws(NNXError) -> Database {
    let database = try Database(path, patience: 60_000, advice: "Delete it: it is made anew")
    // What a power cut takes is made anew.
    try database.execute("PRAGMA synchronous = OFF")
    guard try database.integer("PRAGMA user_version") != schema else { return database }
    try database.transaction { () throws(NNXError) in
      guard try database.integer("PRAGMA user_version") != schema else { return }
      for table in ["record", "listed"] {
        try database.execute("DROP TABLE IF EXISTS \(table)")
      }
      try database.execute(
        """
        CREATE TABLE record (
          place TEXT PRIMARY KEY,   -- of the record, from the folder
          stamp TEXT NOT NULL,      -- of the record and of its segmentation
          result TEXT NOT NULL,
          there TEXT NOT NULL,      -- of the segmentation: 1 or 0
          problem TEXT NOT NULL,
          rows TEXT NOT NULL        -- JSON
        ) WITHOUT ROWID
        """)
      try database.execute(
        """
        CREATE TABLE listed (
          path TEXT NOT NULL,       -- of the list
          stamp TEXT NOT NULL,
          name TEXT NOT NULL,
          result TEXT NOT NULL
        )
        """)
      try database.execute("PRAGMA user_version = \(schema)")
    }
    return database
  }

  private static func stem(_ result: String) -> String {
    if result.hasSuffix(".nii.gz") { return String(result.dropLast(7)) }
    let ending = ImageFormat.ending(of: result) ?? ImageFormat.dicomEnding(of: result)
    return String(result.dropLast(ending?.count ?? 0))
  }

  // MARK: - Catching up

  private static func stamp(_ path: String) -> String {
    FileStamp(path)?.text ?? "-"
  }

  private func stamp(_ place: String, _ result: String) -> String {
    "\(Self.stamp("\(results)/\(place)")) \(result.isEmpty ? "" : Self.stamp("\(results)/\(result)"))"
  }

  private func catchUp() throws(NNXError) {
    let places = try ResultFolders.records(below: results)
    var known: [String: (stamp: String, result: String)] = [:]
    for row in try database.texts("SELECT place, stamp, result FROM record") {
      known[row[0]] = (row[1], row[2])
    }
    let before = known
    // In pieces, so that threads do not wait for each other.
    let piece = 512
    let changed = Mutex<[Int: [String]]>([:])
    try Parallel.forEach((places.count + piece - 1) / piece) { (number) throws(NNXError) in
      let own = places[(number * piece)..<min(places.count, (number + 1) * piece)]
      let others = own.filter { place in
        before[place].map { $0.stamp != stamp(place, $0.result) } ?? true
      }
      if !others.isEmpty { changed.withLock { $0[number] = others } }
    }
    let anew = changed.withLock { $0.values.flatMap(\.self) }
    var gone = Set(before.keys)
    gone.subtract(places)
    let fresh = Mutex<[[String]]>([])
    try Parallel.forEach(anew.count) { (index) throws(NNXError) in
      let row = read(anew[index])
      fresh.withLock { $0.append(row) }
    }
    let rows = fresh.withLock { $0 }
    if !rows.isEmpty || !gone.isEmpty {
      try database.transaction { () throws(NNXError) in
        for place in gone {
          try database.execute("DELETE FROM record WHERE place = ?", .text(place))
        }
        for row in rows {
          try database.execute(
            "INSERT OR REPLACE INTO record VALUES (?, ?, ?, ?, ?, ?)", .text(row[0]),
            .text(row[1]), .text(row[2]), .text(row[3]), .text(row[4]), .text(row[5]))
        }
      }
    }
    try catchUpWithLists()
  }

  /// A row of `record`.
  private func read(_ place: String) -> [String] {
    let path = "\(results)/\(place)"
    func row(_ result: String, isThere: Bool, _ problem: String, _ rows: [[String]]) -> [String] {
      let text = OrderedJSON.array(rows.map { OrderedJSON($0) }).text()
      return [place, stamp(place, result), result, isThere ? "1" : "0", problem, text]
    }
    do throws(NNXError) {
      let recorded = try RecordedFiles(contentsOf: path)
      if let problem = recorded.misnaming { return row("", isThere: false, problem, []) }
      let file = recorded.segmentation ?? ""
      let result = place.contains("/") ? "\(parentFolder(place))/\(file)" : file
      let segmentation = "\(results)/\(result)"
      guard Folder.kind(segmentation) != nil else { return row(result, isThere: false, "", []) }
      return row(result, isThere: true, "", rows(segmentation, recorded))
    } catch {
      // Documents of other kinds, such as that of a table, are of no case.
      let isOther = error.code == .invalidRecord && (try? OrderedJSON(contentsOf: path)) != nil
      return row("", isThere: false, isOther ? "" : error.message, [])
    }
  }

  private func catchUpWithLists() throws(NNXError) {
    let paths = CohortList.paths(in: results)
    var known: [String: String] = [:]
    for row in try database.texts("SELECT DISTINCT path, stamp FROM listed") {
      known[row[0]] = row[1]
    }
    let gone = Set(known.keys).subtracting(paths)
    let anew = paths.filter { known[$0] != Self.stamp($0) }
    guard !gone.isEmpty || !anew.isEmpty else { return }
    try database.transaction { () throws(NNXError) in
      for path in gone.union(anew) {
        try database.execute("DELETE FROM listed WHERE path = ?", .text(path))
      }
      for path in anew {
        let stamp = Self.stamp(path)
        let list = try CohortList(contentsOf: path)
        for entry in list.entries {
          try database.execute(
            "INSERT INTO listed VALUES (?, ?, ?, ?)", .text(path), .text(stamp), .text(entry.name),
            .text(entry.result))
        }
      }
    }
  }

  // MARK: - Answers

  /// All cases that have a record, by their results.
  ///
  /// - Throws: `catalogue`, `catalogue-damaged`.
  package func entries() throws(NNXError) -> [Entry] {
    try database.texts("SELECT result, there, problem, place FROM record ORDER BY result")
      .filter { !$0[0].isEmpty || !$0[2].isEmpty }
      .map { row in
        let name = String(row[3].dropLast(ResultFile.recordEnding.count))
        return Entry(
          result: row[0].isEmpty ? name : row[0], isThere: row[1] == "1", problem: row[2])
      }
  }

  /// Cases that lists name: name and result.
  ///
  /// - Throws: `catalogue`, `catalogue-damaged`.
  func listed() throws(NNXError) -> [(name: String, result: String)] {
    try database.texts("SELECT name, result FROM listed").map { ($0[0], $0[1]) }
  }

  /// The rows that records give, by result.
  ///
  /// - Throws: `catalogue`, `catalogue-damaged`; `invalid-json` where the index is damaged.
  package func tableRows() throws(NNXError) -> [String: [[String]]] {
    var all: [String: [[String]]] = [:]
    for row in try database.texts("SELECT result, rows FROM record WHERE there = '1'") {
      let json = try OrderedJSON(parsing: Array(row[1].utf8), source: database.path)
      all[row[0]] = (json.array ?? []).map { ($0.array ?? []).compactMap(\.string) }
    }
    return all
  }
}
