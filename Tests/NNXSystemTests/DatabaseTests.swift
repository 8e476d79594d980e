import Foundation
import NNXSystem
import TestSupport
import Testing

/// A connection that another thread takes over.
private final class Holder: @unchecked Sendable {
  let database: Database
  init(_ database: Database) { self.database = database }
}

@Suite struct DatabaseTests {
  private let folder: TemporaryFolder
  private var path: String { folder.path + "/d.sqlite" }

  init() throws { folder = try TemporaryFolder() }

  private func made() throws -> Database {
    let database = try Database(path)
    try database.execute("CREATE TABLE word (number INTEGER PRIMARY KEY, text TEXT)")
    return database
  }

  @Test func valuesComeBackAsTheyWere() throws {
    let database = try made()
    let texts = ["", "it's", "Lunge – 肺 🫁", "two\nlines", "?"]
    for (number, text) in texts.enumerated() {
      try database.execute("INSERT INTO word VALUES (?, ?)", .integer(number), .text(text))
    }
    try database.execute("INSERT INTO word VALUES (?, ?)", .integer(.max), "large")
    let rows = try database.texts("SELECT text, text FROM word ORDER BY number")
    #expect(rows == (texts + ["large"]).map { [$0, $0] })
    #expect(try database.integer("SELECT max(number) FROM word") == .max)
    #expect(try database.integer("SELECT number FROM word WHERE text = ?", "?") == 4)
    #expect(try database.texts("SELECT text FROM word WHERE number = ?", 99) == [])
    #expect(try Database(path).texts("SELECT text FROM word").count == 6)
  }

  @Test func aTransactionIsAllOrNothing() throws {
    let database = try made()
    let stop = NNXError(.usage, "stop")
    let error = #expect(throws: NNXError.self) {
      try database.transaction { () throws(NNXError) in
        try database.execute("INSERT INTO word VALUES (1, 'a')")
        throw stop
      }
    }
    #expect(error?.message == "stop")
    #expect(try database.integer("SELECT count(*) FROM word") == 0)
    let count = try database.transaction { () throws(NNXError) in
      try database.execute("INSERT INTO word VALUES (1, 'a')")
      return try database.integer("SELECT count(*) FROM word")
    }
    #expect(count == 1)
    #expect(try Database(path).texts("SELECT text FROM word") == [["a"]])
  }

  @Test func whatBelongsToARowGoesWithIt() throws {
    let database = try made()
    try database.execute("CREATE TABLE note (word INTEGER REFERENCES word ON DELETE CASCADE)")
    try database.execute("INSERT INTO word VALUES (1, 'a')")
    try database.execute("INSERT INTO note VALUES (1)")
    try database.execute("DELETE FROM word")
    #expect(try database.integer("SELECT count(*) FROM note") == 0)
    #expect(throws: NNXError.self) { try database.execute("INSERT INTO note VALUES (7)") }
  }

  @Test func aBusyFileIsWaitedFor() throws {
    let holder = Holder(try made())
    try holder.database.execute("BEGIN IMMEDIATE")
    try holder.database.execute("INSERT INTO word VALUES (1, 'a')")
    let begun = ProcessFacts.monotonicSeconds
    Thread.detachNewThread {
      Thread.sleep(forTimeInterval: 0.3)
      try? holder.database.execute("COMMIT")
    }
    let other = try Database(path)
    let count = try other.transaction { () throws(NNXError) in
      try other.integer("SELECT count(*) FROM word")
    }
    #expect(count == 1)
    #expect(ProcessFacts.monotonicSeconds - begun >= 0.3)
  }

  @Test func aFileThatStaysBusyIsNoDamage() throws {
    let holder = try made()
    try holder.execute("BEGIN IMMEDIATE")
    let other = try Database(path, patience: 50)
    let error = #expect(throws: NNXError.self) {
      try other.transaction { () throws(NNXError) in }
    }
    #expect(error?.code == .catalogue)
    #expect(error?.message == "\(path) cannot be used: database is locked")
    // Reading goes on, and the connection is as good as before.
    #expect(try other.integer("SELECT count(*) FROM word") == 0)
    try holder.execute("COMMIT")
    try other.transaction { () throws(NNXError) in try other.execute("DELETE FROM word") }
  }

  @Test func filesThatAreNoDatabaseAreDamage() throws {
    try folder.write("d.sqlite", Array("not a database at all, really".utf8))
    let error = #expect(throws: NNXError.self) {
      try Database(path).integer("PRAGMA user_version")
    }
    #expect(error?.code == .catalogueDamaged)
    #expect(error?.message == "\(path) cannot be used: file is not a database")
  }

  @Test func damagedPagesAreDamage() throws {
    try made().execute("INSERT INTO word VALUES (1, 'a')")
    // The second page holds the table; its first byte says what kind of page it is.
    try folder.change("d.sqlite", at: 4096, to: 0xA5)
    let error = #expect(throws: NNXError.self) { try Database(path).texts("SELECT text FROM word") }
    #expect(error?.code == .catalogueDamaged)
  }

  @Test(arguments: [
    "SELECT number FROM word", "SELECT NULL", "SELECT x'00'", "SELECT text FROM no",
  ])
  func whatIsNoTextIsDamage(sql: String) throws {
    let database = try made()
    try database.execute("INSERT INTO word VALUES (1, 'a')")
    let error = #expect(throws: NNXError.self) { try database.texts(sql) }
    #expect(error?.code == .catalogueDamaged)
  }

  @Test func whereNoFileCanBeIsNoDamage() throws {
    let error = #expect(throws: NNXError.self) { try Database(folder.path + "/no/d.sqlite") }
    #expect(error?.code == .catalogue)
  }

  @Test func theVersionIsSQLites() { #expect(Database.version.hasPrefix("3.")) }
}
