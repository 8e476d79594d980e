import GRDB
import NNXSystem

/// An index of the user's own store in one SQLite database, for questions that receipts answer slowly:
/// who needs a model, which models hold a file.
///
/// Receipts are the truth. The catalogue can be deleted at any time: whoever opens it compares the stamps
/// of all receipts with those it was made from, and catches up in one transaction (docs/format/store.md).
package final class Catalogue: Sendable {
  static let fileName = "catalogue.sqlite"
  /// Version of the tables; another one is made anew, a higher one left alone.
  package static let schema = 1

  let queue: DatabaseQueue
  /// `wal`, or `delete` on network file systems.
  package let journalMode: String

  /// Opens the catalogue of a store; one that is missing, damaged or of an older nnx is made anew.
  ///
  /// - Throws: `newer-store`; `catalogue` when it can be neither read nor made (a read-only store, a
  ///   full disk, another process that keeps it busy).
  init(of location: StoreLocation) throws(NNXError) {
    let path = "\(location.data)/\(Catalogue.fileName)"
    do {
      (queue, journalMode) = try Catalogue.open(path)
    } catch let error as NNXError {
      throw error
    } catch let error as DatabaseError where Catalogue.isDamage(error) {
      do {
        try Catalogue.remove(in: location)
        (queue, journalMode) = try Catalogue.open(path)
      } catch let error as NNXError { throw error } catch {
        throw Catalogue.failure(path, error)
      }
    } catch { throw Catalogue.failure(path, error) }
  }

  /// Removes the database. The journal goes first: left behind, it would be applied to the next one.
  ///
  /// - Throws: `cannot-write`, `locked-by` when another process does the same.
  static func remove(in location: StoreLocation) throws(NNXError) {
    try Folder.create("\(location.data)/locks")
    let lock = try FileLock("\(location.data)/locks/\(fileName).lock")
    defer { withExtendedLifetime(lock) {} }
    for suffix in ["-journal", "-wal", "-shm", ""] {
      try Folder.remove("\(location.data)/\(fileName)\(suffix)")
    }
  }

  /// Reads and writes in one transaction that holds the write lock from its start.
  ///
  /// - Throws: `catalogue`; `catalogue-damaged` when the database contradicts itself.
  func write<Value>(_ body: (Database) throws -> Value) throws(NNXError) -> Value {
    do { return try queue.write(body) } catch { throw Catalogue.failure(queue.path, error) }
  }

  func read<Value>(_ body: (Database) throws -> Value) throws(NNXError) -> Value {
    do { return try queue.read(body) } catch { throw Catalogue.failure(queue.path, error) }
  }

  private static func open(_ path: String) throws -> (DatabaseQueue, String) {
    // A database that is not there yet must not appear in a folder that is none of ours.
    guard Folder.isFolder("\(parentFolder(path))/models") == true else {
      throw NNXError(.catalogue, "there is no store at \(parentFolder(path))")
    }
    var configuration = Configuration()
    configuration.busyMode = .timeout(5)
    configuration.prepareDatabase { database in
      // The answer counts: SQLite keeps to `delete` where it cannot share memory.
      try database.execute(sql: "PRAGMA synchronous = FULL")
    }
    let queue = try DatabaseQueue(path: path, configuration: configuration)
    let version = try queue.read { try Int.fetchOne($0, sql: "PRAGMA user_version") ?? 0 }
    guard version <= schema else {
      throw NNXError(
        .newerStore, "\(path) was written by a newer nnx",
        details: ["It is left as it is; this nnx reads the models themselves."],
        fixes: ["Update nnx, or keep its models apart: export NNX_HOME=…"])
    }
    let wanted = Folder.isOnNetwork(path) == false ? "wal" : "delete"
    let mode = try queue.writeWithoutTransaction { database in
      try String.fetchOne(database, sql: "PRAGMA journal_mode = \(wanted)") ?? "unknown"
    }
    if version < schema { try queue.write(Catalogue.makeTables) }
    return (queue, mode)
  }

  private static func isDamage(_ error: DatabaseError) -> Bool {
    [.SQLITE_NOTADB, .SQLITE_CORRUPT, .SQLITE_ERROR, .SQLITE_FORMAT].contains(
      error.resultCode.primaryResultCode)
  }

  private static func failure(_ path: String, _ error: any Error) -> NNXError {
    if let error = error as? NNXError { return error }
    guard let error = error as? DatabaseError else {
      return NNXError(.catalogue, "\(path) cannot be used: \(error)")
    }
    return NNXError(
      isDamage(error) ? .catalogueDamaged : .catalogue,
      "\(path) cannot be used: \(error.message ?? "SQLite error \(error.resultCode.rawValue)")",
      fixes: ["Make it anew: nnx doctor --fix"])
  }
}

extension NNXError.Code {
  /// The index of the store cannot be used; the models themselves can.
  package static let catalogue = NNXError.Code("catalogue", .io)
  package static let catalogueDamaged = NNXError.Code("catalogue-damaged", .io)
}
