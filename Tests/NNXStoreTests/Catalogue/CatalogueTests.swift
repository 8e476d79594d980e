import Foundation
import NNXSystem
import TestSupport
import Testing

@testable import NNXStore

@Suite struct CatalogueTests {
  private let test: TestStore
  private var path: String { test.data + "/catalogue.sqlite" }

  init() throws { test = try TestStore() }

  private func install(_ name: String, _ version: String = "2026.1.1") throws {
    try test.install(
      try TestStore.plan(TestStore.fixture("v2/slices_2d"), name: name, version: version))
  }

  private func own() throws -> [InstalledModel] {
    try test.store.installed().filter { !$0.isShared }
  }

  @Test func installingKeepsItCurrent() throws {
    try install("a")
    try install("b")
    #expect(Folder.kind(path) != nil)
    let catalogue = try test.store.catalogue()
    #expect(try catalogue.difference(from: own()).isEmpty)
    #expect(try catalogue.integrityProblems().isEmpty)
    try test.store.uninstall("a")
    #expect(try catalogue.difference(from: own()).isEmpty)
  }

  @Test func itUsesAWriteAheadLogWhereItMay() throws {
    try install("a")
    let isLocal = Folder.isOnNetwork(test.data) == false
    #expect(try test.store.catalogue().journalMode == (isLocal ? "wal" : "delete"))
  }

  @Test func itIsMadeAnewWhenItIsMissing() throws {
    try install("a")
    try Folder.remove(path)
    #expect(try test.store.catalogue().difference(from: own()).isEmpty)
    #expect(Folder.kind(path) != nil)
  }

  @Test(arguments: [0, 20, 100, 4096, 8192])
  func itIsMadeAnewWhenItIsDamaged(offset: Int) throws {
    for name in ["a", "b", "c"] { try install(name) }
    let size = try test.folder.read(path).count
    try #require(size > offset + 64)
    for position in offset..<offset + 64 {
      try test.folder.change("data/catalogue.sqlite", at: position, to: 0xA5)
    }
    _ = try Doctor(test.store, environment: [:]).repair()
    let catalogue = try test.store.catalogue()
    #expect(try catalogue.difference(from: own()).isEmpty)
    #expect(try catalogue.integrityProblems().isEmpty)
    #expect(try own().map(\.name) == ["a", "b", "c"])
  }

  @Test func aFileThatIsNoDatabaseIsReplaced() throws {
    try install("a")
    let text = Array("not a database at all, really".utf8)
    try test.folder.write("data/catalogue.sqlite", text)
    #expect(try test.store.catalogue().difference(from: own()).isEmpty)
    #expect(try test.folder.read(path + ".other") == text)
  }

  /// A kill between the rename and the transaction: folders say more than the catalogue.
  @Test func whatChangedBehindItsBackIsCaughtUp() throws {
    try install("a")
    try install("b")
    let manager = FileManager.default
    let models = test.data + "/models"
    let receipt = try test.folder.read(models + "/a/2026.1.1/receipt.json")
    try manager.moveItem(atPath: models + "/b", toPath: test.folder.path + "/b")
    let text = String(decoding: receipt, as: UTF8.self)
      .replacingOccurrences(of: "\"version\": \"2026.1.1\"", with: "\"version\": \"2027\"")
    try manager.copyItem(atPath: models + "/a/2026.1.1", toPath: models + "/a/2027")
    try test.folder.write("data/models/a/2027/receipt.json", Array(text.utf8))
    let catalogue = try test.store.catalogue()
    #expect(try catalogue.difference(from: own()).isEmpty)
    #expect(try own().map(\.version).sorted() == ["2026.1.1", "2027"])
  }

  @Test func aReceiptThatIsReplacedIsReadAgain() throws {
    try install("a")
    let before = try test.store.catalogue()
    var options = Installer.Options()
    options.force = true
    try test.install(
      try TestStore.plan(TestStore.fixture("v2/small_image"), name: "a"), options: options)
    #expect(try before.difference(from: own()).isEmpty)
  }

  @Test func aNewerOneIsLeftAlone() throws {
    try install("a")
    try #require(try test.sqlite(path, "PRAGMA user_version = 99"))
    let before = try test.folder.read(path)
    let error = #expect(throws: NNXError.self) { try test.store.catalogue() }
    #expect(error?.code.name == "newer-store")
    #expect(try test.store.installed().map(\.name) == ["a"])
    try install("b")
    _ = try Doctor(test.store, environment: [:]).repair()
    #expect(try test.folder.read(path) == before)
    #expect(try test.store.installed().map(\.name) == ["a", "b"])
  }

  /// Version 1 had more tables, and these columns that are not asked for; 0 stands for one that was cut short.
  @Test(arguments: [0, 1])
  func anOlderOneIsMadeAnew(version: Int) throws {
    try install("a")
    let older = """
      DROP TABLE requirement; DROP TABLE model;
      CREATE TABLE model (id INTEGER PRIMARY KEY, name TEXT NOT NULL, version TEXT NOT NULL,
        stamp TEXT NOT NULL, title TEXT NOT NULL, digest TEXT NOT NULL, UNIQUE (name, version));
      CREATE TABLE file (model INTEGER NOT NULL REFERENCES model ON DELETE CASCADE, path TEXT NOT NULL,
        sha256 TEXT NOT NULL, PRIMARY KEY (model, path)) WITHOUT ROWID;
      INSERT INTO model VALUES (1, 'a', '2026.1.1', '1:2:3', 'A', 'd');
      INSERT INTO file VALUES (1, 'model.json', 'e');
      PRAGMA user_version = \(version);
      """
    try #require(try test.sqlite(path, older))
    let checks = Doctor(test.store, environment: [:]).checks()
    #expect(version == 0 || checks.first { $0.id == "catalogue" }?.state == .ok)
    let catalogue = try test.store.catalogue()
    #expect(try catalogue.difference(from: own()).isEmpty)
    let tables = try catalogue.database.texts(
      "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    #expect(tables == [["model"], ["requirement"]])
  }

  /// Whoever keeps a store in a folder with files of their own loses none.
  @Test func anotherProgramsDatabaseIsSetAside() throws {
    try install("a")
    try Folder.remove(path)
    try #require(try test.sqlite(path, "CREATE TABLE notes (text TEXT)"))
    #expect(try test.store.catalogue().difference(from: own()).isEmpty)
    let other = try Database(path + ".other").texts("SELECT name FROM sqlite_master")
    #expect(other == [["notes"]])
  }

  @Test func manyProcessesMayWriteAtOnce() async throws {
    try install("a")
    let location = test.store.location
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<8 {
        group.addTask {
          for _ in 0..<5 {
            _ = try Store(location).catalogue()
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(try test.store.catalogue().difference(from: own()).isEmpty)
  }

  @Test func requirementsComeFromTheCards() throws {
    try install("lung")
    try install("nodules")
    let folder = "data/models/lung/2026.1.1"
    try test.folder.write("\(folder)/card.json", Array(#"{"requires": ["nodules@2026.1.1"]}"#.utf8))
    let receipt = try test.folder.read("\(test.folder.path)/\(folder)/receipt.json")
    try test.folder.write("\(folder)/receipt.json", receipt)
    #expect(try test.store.requirers(of: "nodules") == ["lung"])
    #expect(try test.store.requirers(of: "lung") == [])
    let models = try test.store.removal(of: "nodules")
    let error = #expect(throws: NNXError.self) {
      try test.store.checkRequirements(removing: models, commandNames: ["nodules"])
    }
    #expect(error?.message == "nodules is needed by lung")
    #expect(error?.fixes.first == "Remove them together: nnx uninstall nodules lung")
    let both = try models + test.store.removal(of: "lung")
    try test.store.checkRequirements(removing: both, commandNames: ["nodules", "lung"])
  }
}

extension TestStore {
  /// Runs SQL in a database with SQLite's own shell; `false` when it fails or is not there.
  func sqlite(_ path: String, _ sql: String) throws -> Bool {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
    process.arguments = [
      "-c",
      "import sqlite3,sys; c=sqlite3.connect(sys.argv[1]); c.executescript(sys.argv[2]); "
        + "c.commit(); c.execute('PRAGMA wal_checkpoint(TRUNCATE)'); c.close()", path, sql,
    ]
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus == 0
  }
}
