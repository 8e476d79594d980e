import Glibc
import NNXImage
import NNXSystem
import Synchronization

/// An index of a folder of results in SQLite: what its run records and lists of cases say, without reading them all
/// again.
///
/// Records are the truth. Whoever asks compares the stamps of all of them with those that the index was made from,
/// and catches up; it can be deleted at any time, and what is damaged is made anew. It lies in the cache, not in the
/// folder: several people may look at one folder, on file systems that lock nothing.
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

  /// Rows of tables that a record gives: for each of its structures a list of fields. What it throws is why the
  /// segmentation is none.
  package typealias Rows =
    @Sendable (_ segmentation: String, _ record: RecordedFiles) throws(NNXError)
    -> [[String]]

  /// A case that a list names.
  struct Listed {
    let name: String
    let result: String
    let images: [String]
  }

  private static let schema = 4
  private let results: String
  /// `nil`: it is kept nowhere.
  private let path: String?
  private var database: Database
  private let rows: Rows

  /// Whether the next look finds what this one read.
  package var isKept: Bool { path != nil }

  /// Opens the index of a folder, makes it where there is none that can be used, and catches up. Where none can be
  /// kept, as in a cache that cannot be written to, all records are read.
  ///
  /// - Parameters:
  ///   - results: the folder.
  ///   - cache: folder of the user's cache.
  ///   - rows: called for records that changed; another version of it needs another `schema`.
  /// - Throws: `file-not-found`, `unreadable`.
  package init(of results: String, cache: String, rows: @escaping Rows) throws(NNXError) {
    self.results = Folder.trimmed(results)
    self.rows = rows
    let path = Self.path(of: results, cache)
    do throws(NNXError) {
      try Folder.create(parentFolder(path))
      database = try Self.anew(path, unlessUsable: true)
      self.path = path
    } catch {
      database = try Self.open(":memory:")
      self.path = nil
    }
    try answer { () throws(NNXError) in try catchUp() }
  }

  /// Named for people by the folder, and for the program by its whole path.
  private static func path(of results: String, _ cache: String) -> String {
    let absolute = Folder.absolute(results)
    let word = lastComponent(absolute).map {
      $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-"
    }
    let key = "\(String(word.prefix(40)))-\(Digest.sha256(absolute).prefix(24))"
    return "\(cache)/cohorts/\(key).sqlite"
  }

  private static func anew(_ path: String, unlessUsable: Bool = false) throws(NNXError) -> Database
  {
    if unlessUsable {
      do throws(NNXError) { return try open(path) } catch {
        guard error.code == .catalogueDamaged else { throw error }
      }
    }
    // The journal last: one beside a file of another content would be played back into that.
    for suffix in ["", "-journal"] { try Folder.remove(path + suffix) }
    return try open(path)
  }

  /// What `body` gives; where the index turns out to be damaged, what it gives of one that is made anew. In memory
  /// where a file cannot take it, as on a full disk.
  private func answer<Answer>(_ body: () throws(NNXError) -> Answer) throws(NNXError) -> Answer {
    do throws(NNXError) { return try body() } catch {
      switch error.code {
      case .catalogueDamaged:
        if let path, let fresh = try? Self.anew(path) {
          database = fresh
        } else {
          database = try Self.open(":memory:")
        }
      case .catalogue: database = try Self.open(":memory:")
      default: throw error
      }
      try catchUp()
      return try body()
    }
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
          maker TEXT NOT NULL,      -- model and settings
          rows TEXT NOT NULL,       -- JSON
          sum TEXT NOT NULL,        -- of all but the rows
          rowsSum TEXT NOT NULL
        ) WITHOUT ROWID
        """)
      try database.execute(
        """
        CREATE TABLE listed (
          path TEXT NOT NULL,       -- of the list
          stamp TEXT NOT NULL,
          name TEXT NOT NULL,
          result TEXT NOT NULL,
          images TEXT NOT NULL,     -- JSON
          sum TEXT NOT NULL
        )
        """)
      try database.execute("PRAGMA user_version = \(schema)")
    }
    return database
  }

  /// What fields have to add up to, for SQLite sees no byte that changed within a text: FNV-1a of 64 bits
  /// (http://www.isthe.com/chongo/tech/comp/fnv).
  private static func sum<Fields: Sequence<String>>(_ fields: Fields) -> String {
    var sum: UInt64 = 0xcbf2_9ce4_8422_2325
    for field in fields {
      for byte in field.utf8 { sum = (sum ^ UInt64(byte)) &* 0x100_0000_01b3 }
      // Between fields, what no UTF-8 has.
      sum = (sum ^ 0xFF) &* 0x100_0000_01b3
    }
    return String(sum, radix: 16)
  }

  /// - Parameter rows: fields, and what they have to add up to.
  private func checked(_ rows: [[String]]) throws(NNXError) -> [[String]] {
    for row in rows where Self.sum(row.dropLast()) != row.last { throw damage }
    return rows
  }

  private var damage: NNXError {
    NNXError(.catalogueDamaged, "\(database.path) holds what nnx did not write")
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
    var known: [ExactText: (stamp: String, result: String)] = [:]
    let sql = "SELECT place, stamp, result, there, problem, maker, sum FROM record"
    for row in try checked(database.texts(sql)) {
      known[ExactText(row[0])] = (row[1], row[2])
    }
    let before = known
    // In pieces, so that threads do not wait for each other.
    let piece = 512
    let changed = Mutex<[Int: [String]]>([:])
    try Parallel.forEach((places.count + piece - 1) / piece) { (number) throws(NNXError) in
      let own = places[(number * piece)..<min(places.count, (number + 1) * piece)]
      let others = own.filter { place in
        before[ExactText(place)].map { $0.stamp != stamp(place, $0.result) } ?? true
      }
      if !others.isEmpty { changed.withLock { $0[number] = others } }
    }
    let anew = changed.withLock { $0.values.flatMap(\.self) }
    var gone = Set(before.keys)
    gone.subtract(places.map(ExactText.init))
    let fresh = Mutex<[[String]]>([])
    try Parallel.forEach(anew.count) { (index) throws(NNXError) in
      let row = read(anew[index])
      fresh.withLock { $0.append(row) }
    }
    let rows = fresh.withLock { $0 }
    if !rows.isEmpty || !gone.isEmpty {
      try database.transaction { () throws(NNXError) in
        for place in gone {
          try database.execute("DELETE FROM record WHERE place = ?", .text(place.text))
        }
        for row in rows {
          try database.execute(
            "INSERT OR REPLACE INTO record VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", .text(row[0]),
            .text(row[1]), .text(row[2]), .text(row[3]), .text(row[4]), .text(row[5]),
            .text(row[6]), .text(Self.sum(row[..<6])), .text(Self.sum(row[6...])))
        }
      }
    }
    try catchUpWithLists()
  }

  /// A row of `record`.
  private func read(_ place: String) -> [String] {
    let path = "\(results)/\(place)"
    func row(
      _ result: String, isThere: Bool, _ problem: String, _ rows: [[String]], maker: String = ""
    ) -> [String] {
      let text = OrderedJSON.array(rows.map { OrderedJSON($0) }).text()
      return [place, stamp(place, result), result, isThere ? "1" : "0", problem, maker, text]
    }
    do throws(NNXError) {
      let recorded = try RecordedFiles(contentsOf: path)
      if let problem = recorded.misnaming { return row("", isThere: false, problem, []) }
      let file = recorded.segmentation ?? ""
      let result = place.contains("/") ? "\(parentFolder(place))/\(file)" : file
      let segmentation = "\(results)/\(result)"
      guard Folder.kind(segmentation) != nil else { return row(result, isThere: false, "", []) }
      do throws(NNXError) {
        let rows = try rows(segmentation, recorded)
        return row(result, isThere: true, "", rows, maker: ResultMaker(recorded.json).text)
      } catch { return row(result, isThere: false, error.message, []) }
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
          let fields = [entry.name, entry.result, OrderedJSON(entry.images).text()]
          try database.execute(
            "INSERT INTO listed VALUES (?, ?, ?, ?, ?, ?)", .text(path), .text(stamp),
            .text(fields[0]), .text(fields[1]), .text(fields[2]), .text(Self.sum(fields)))
        }
      }
    }
  }

  // MARK: - Answers

  /// All cases that have a record, by their results.
  ///
  /// - Throws: as `tableRows`.
  package func entries() throws(NNXError) -> [Entry] {
    let sql = "SELECT result, there, problem, place FROM record ORDER BY result"
    return try answer { () throws(NNXError) in try database.texts(sql) }
      .filter { !$0[0].isEmpty || !$0[2].isEmpty }
      .map { row in
        let name = String(row[3].dropLast(ResultFile.recordEnding.count))
        return Entry(
          result: row[0].isEmpty ? name : row[0], isThere: row[1] == "1", problem: row[2])
      }
  }

  /// Cases that lists name.
  ///
  /// - Throws: as `tableRows`.
  func listed() throws(NNXError) -> [Listed] {
    try answer { () throws(NNXError) in
      try checked(database.texts("SELECT name, result, images, sum FROM listed"))
    }
    .map { row in
      let images = try? OrderedJSON(parsing: Array(row[2].utf8), source: "index")
      return Listed(
        name: row[0], result: row[1], images: (images?.array ?? []).compactMap(\.string))
    }
  }

  /// Whose results there are, and of how many cases.
  ///
  /// - Throws: as `tableRows`.
  package func makers() throws(NNXError) -> [(maker: ResultMaker, cases: Int)] {
    let sql =
      "SELECT maker, CAST(COUNT(*) AS TEXT) FROM record WHERE there = '1' GROUP BY maker"
    return try answer { () throws(NNXError) in try database.texts(sql) }
      .map { (ResultMaker(text: $0[0]), Int($0[1]) ?? 0) }
  }

  /// The rows that records give, by result.
  ///
  /// - Throws: `unreadable`; `catalogue` when there is no memory.
  package func tableRows() throws(NNXError) -> [ExactText: [[String]]] {
    try answer { () throws(NNXError) in
      var all: [ExactText: [[String]]] = [:]
      let sql = "SELECT result, rows, rowsSum FROM record WHERE there = '1'"
      for row in try database.texts(sql) {
        guard Self.sum(row[1...1]) == row[2],
          let json = try? OrderedJSON(parsing: Array(row[1].utf8), source: "index")
        else { throw damage }
        all[ExactText(row[0])] = (json.array ?? []).map { ($0.array ?? []).compactMap(\.string) }
      }
      return all
    }
  }
}
