internal import CSQLite

/// A connection to one SQLite database: statements with values bound, their rows, and transactions.
///
/// For one thread at a time. Other connections, of this process or another, may be at work meanwhile.
@safe package final class Database {
  /// What a parameter of a statement is bound to.
  package enum Value: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
    case text(String)
    case integer(Int)

    package init(stringLiteral text: String) { self = .text(text) }
    package init(integerLiteral number: Int) { self = .integer(number) }
  }

  package let path: String
  private let advice: String
  private let connection: OpaquePointer

  /// Opens a database, and makes one where there is no file.
  ///
  /// - Parameters:
  ///   - patience: milliseconds that a statement waits for other connections.
  ///   - advice: what to do about a file that cannot be used.
  /// - Throws: `catalogue` when the file can be neither opened nor made. Whether it is a database, its first
  ///   statement tells.
  package init(
    _ path: String, patience: Int32 = 5000, advice: String = "Make it anew: nnx doctor --fix"
  ) throws(NNXError) {
    (self.path, self.advice) = (path, advice)
    var opened: OpaquePointer?
    let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
    let result = unsafe sqlite3_open_v2(path, &opened, flags, nil)
    // Even what cannot be opened is a connection: it says why.
    guard let opened = unsafe opened else {
      throw Database.failure(path, result, "out of memory", advice)
    }
    unsafe connection = opened
    guard result == SQLITE_OK else { throw failure() }
    unsafe sqlite3_busy_timeout(connection, patience)
    try execute("PRAGMA foreign_keys = ON")
  }

  deinit { unsafe sqlite3_close_v2(connection) }

  /// SQLite's version, as it calls itself.
  package static var version: String { unsafe String(cString: sqlite3_libversion()) }

  /// Runs one statement.
  ///
  /// - Parameter values: for the question marks of `sql`, in order.
  /// - Throws: `catalogue` (a full disk, a file that others keep busy); `catalogue-damaged` when the file is
  ///   no database, contradicts itself or has other tables.
  package func execute(_ sql: String, _ values: Value...) throws(NNXError) {
    try unsafe run(sql, values) { (_) throws(NNXError) in }
  }

  /// The rows of a statement all of whose columns are texts.
  ///
  /// - Throws: as `execute`; `catalogue-damaged` for a column that is no text.
  package func texts(_ sql: String, _ values: Value...) throws(NNXError) -> [[String]] {
    var rows: [[String]] = []
    try unsafe run(sql, values) { (row) throws(NNXError) in
      var texts: [String] = []
      for column in 0..<(unsafe sqlite3_column_count(row)) {
        guard unsafe sqlite3_column_type(row, column) == SQLITE_TEXT,
          let text = unsafe sqlite3_column_text(row, column)
        else { throw Database.failure(path, SQLITE_CORRUPT, "a row without a text", advice) }
        let count = Int(unsafe sqlite3_column_bytes(row, column))
        let bytes = unsafe UnsafeBufferPointer(start: text, count: count)
        texts.append(unsafe String(decoding: bytes, as: UTF8.self))
      }
      rows.append(texts)
    }
    return rows
  }

  /// The integer in the first column of the last row; 0 without a row.
  ///
  /// - Throws: as `execute`; `catalogue-damaged` when it is no integer.
  package func integer(_ sql: String, _ values: Value...) throws(NNXError) -> Int {
    var number = 0
    try unsafe run(sql, values) { (row) throws(NNXError) in
      guard unsafe sqlite3_column_type(row, 0) == SQLITE_INTEGER else {
        throw Database.failure(path, SQLITE_CORRUPT, "a row without a number", advice)
      }
      number = Int(unsafe sqlite3_column_int64(row, 0))
    }
    return number
  }

  /// Does all that `body` does, or nothing. Holds the write lock from the start, so that what `body` reads
  /// is still true when it writes.
  ///
  /// - Throws: as `execute`, and what `body` throws.
  package func transaction<Result>(_ body: () throws(NNXError) -> Result) throws(NNXError) -> Result
  {
    try execute("BEGIN IMMEDIATE")
    do throws(NNXError) {
      let result = try body()
      try execute("COMMIT")
      return result
    } catch {
      // Some errors, as of a full disk, end the transaction by themselves.
      if unsafe sqlite3_get_autocommit(connection) == 0 { try? execute("ROLLBACK") }
      throw error
    }
  }

  private func run(
    _ sql: String, _ values: [Value], _ body: (OpaquePointer) throws(NNXError) -> Void
  ) throws(NNXError) {
    var prepared: OpaquePointer?
    guard unsafe sqlite3_prepare_v2(connection, sql, -1, &prepared, nil) == SQLITE_OK,
      let statement = unsafe prepared
    else { throw failure() }
    defer { unsafe sqlite3_finalize(statement) }
    for (index, value) in zip(Int32(1)..., values) {
      let result =
        switch value {
        case .text(let text):
          unsafe nnx_sqlite_bind_text(statement, index, text, Int32(text.utf8.count))
        case .integer(let number): unsafe sqlite3_bind_int64(statement, index, Int64(number))
        }
      guard result == SQLITE_OK else { throw failure() }
    }
    while true {
      switch unsafe sqlite3_step(statement) {
      case SQLITE_ROW: try unsafe body(statement)
      case SQLITE_DONE: return
      default: throw failure()
      }
    }
  }

  /// The error of the call that just failed.
  private func failure() -> NNXError {
    Database.failure(
      path, unsafe sqlite3_errcode(connection), unsafe String(cString: sqlite3_errmsg(connection)),
      advice)
  }

  /// What a statement meets only where another hand made or changed the file is damage.
  private static func failure(
    _ path: String, _ result: Int32, _ reason: String, _ advice: String
  ) -> NNXError {
    let damage = [SQLITE_NOTADB, SQLITE_CORRUPT, SQLITE_ERROR, SQLITE_FORMAT]
    // The low byte is the kind, the others say more.
    return NNXError(
      damage.contains(result & 0xFF) ? .catalogueDamaged : .catalogue,
      "\(path) cannot be used: \(reason)", fixes: [advice])
  }
}

extension NNXError.Code {
  /// An index of nnx cannot be used; what it was made from can.
  package static let catalogue = NNXError.Code("catalogue", .io)
  package static let catalogueDamaged = NNXError.Code("catalogue-damaged", .io)
}
