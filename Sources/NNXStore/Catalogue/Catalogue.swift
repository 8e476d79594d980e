import NNXSystem

/// An index of the user's own store in one SQLite database, for questions that receipts answer slowly:
/// who needs a model.
///
/// Receipts are the truth. The catalogue can be deleted at any time: whoever opens it compares the stamps
/// of all receipts with those it was made from, and catches up in one transaction (docs/format/store.md).
final class Catalogue {
  static let fileName = "catalogue.sqlite"
  /// Version of the tables; another one is made anew, a higher one left alone.
  static let schema = 2

  let database: Database
  /// `wal`, or `delete` on network file systems.
  let journalMode: String

  /// Opens the catalogue of a store; one that is missing, damaged or of an older nnx is made anew.
  ///
  /// - Throws: `newer-store`; `catalogue` when it can be neither read nor made (a read-only store, a
  ///   full disk, another process that keeps it busy).
  init(of location: StoreLocation) throws(NNXError) {
    let path = "\(location.data)/\(Catalogue.fileName)"
    do throws(NNXError) {
      (database, journalMode) = try Catalogue.open(path)
    } catch {
      guard error.code == .catalogueDamaged else { throw error }
      try Catalogue.remove(in: location)
      (database, journalMode) = try Catalogue.open(path)
    }
  }

  /// Removes the database. The journal goes first: left behind, it would be applied to the next one. What nnx
  /// cannot have made, somebody's own file of this name, is set aside.
  ///
  /// - Throws: `cannot-write`, `locked-by` when another process does the same.
  static func remove(in location: StoreLocation) throws(NNXError) {
    try location.locked(fileName) { () throws(NNXError) in
      let path = "\(location.data)/\(fileName)"
      for suffix in ["-journal", "-wal", "-shm"] { try Folder.remove(path + suffix) }
      guard isForeign(path), SystemCall.rename(path, to: path + ".other") else {
        return try Folder.remove(path)
      }
    }
  }

  /// Whether a file is no database, or one without nnx's tables.
  private static func isForeign(_ path: String) -> Bool {
    let magic = Array("SQLite format 3\0".utf8)
    guard let file = try? FileReader(path), file.count > 0 else { return false }
    guard (try? file.bytes(at: 0, count: min(magic.count, file.count))) == magic else {
      return true
    }
    let tables = try? Database(path).texts("SELECT name FROM sqlite_master").map { $0[0] }
    return tables.map { !$0.isEmpty && !$0.contains("model") } ?? false
  }

  /// Whether an older nnx made the catalogue: whoever asks it next makes it anew.
  static func isOlder(in location: StoreLocation) -> Bool {
    let version = try? Database("\(location.data)/\(fileName)").integer("PRAGMA user_version")
    return version.map { (1..<schema).contains($0) } ?? false
  }

  private static func open(_ path: String) throws(NNXError) -> (Database, String) {
    // A database that is not there yet must not appear in a folder that is none of ours.
    guard Folder.isFolder("\(parentFolder(path))/models") == true else {
      throw NNXError(.catalogue, "there is no store at \(parentFolder(path))")
    }
    let database = try Database(path)
    try database.execute("PRAGMA synchronous = FULL")
    let version = try database.integer("PRAGMA user_version")
    guard version <= schema else {
      throw NNXError(
        .newerStore, "\(path) was written by a newer nnx",
        details: ["It is left as it is; this nnx reads the models themselves."],
        fixes: ["Update nnx, or keep its models apart: export NNX_HOME=…"])
    }
    let wanted = Folder.isOnNetwork(path) == false ? "wal" : "delete"
    // The answer counts: SQLite keeps to `delete` where it cannot share memory.
    let mode = try database.texts("PRAGMA journal_mode = \(wanted)").first?.first ?? "unknown"
    if version < schema { try makeTables(in: database) }
    return (database, mode)
  }

  /// - Throws: `catalogue-damaged` when the database holds tables of others or of an older nnx.
  private static func makeTables(in database: Database) throws(NNXError) {
    try database.transaction { () throws(NNXError) in
      // Another process may have made them meanwhile.
      guard try database.integer("PRAGMA user_version") < schema else { return }
      guard try database.integer("SELECT count(*) FROM sqlite_master") == 0 else {
        throw NNXError(.catalogueDamaged, "\(database.path) holds tables of an older nnx")
      }
      try database.execute(
        """
        CREATE TABLE model (
          id INTEGER PRIMARY KEY,
          name TEXT NOT NULL,
          version TEXT NOT NULL,
          stamp TEXT NOT NULL,     -- of the receipt this was read from
          UNIQUE (name, version)
        )
        """)
      try database.execute(
        """
        CREATE TABLE requirement (
          model INTEGER NOT NULL REFERENCES model ON DELETE CASCADE,
          needs TEXT NOT NULL,     -- name of a model
          PRIMARY KEY (model, needs)
        ) WITHOUT ROWID
        """)
      try database.execute("PRAGMA user_version = \(schema)")
    }
  }
}
