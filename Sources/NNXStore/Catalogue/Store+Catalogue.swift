import GRDB
import NNXSystem

extension Store {
  /// The catalogue of the user's own store, made to agree with the receipts.
  ///
  /// Writes nothing when it agrees already.
  ///
  /// - Throws: `newer-store`, `catalogue`. Nothing else depends on it: what it tells can be read from
  ///   the receipts.
  package func catalogue() throws(NNXError) -> Catalogue {
    let own = try installed().filter { !$0.isShared }
    do throws(NNXError) {
      let catalogue = try Catalogue(of: location)
      try catalogue.agree(with: own)
      return catalogue
    } catch {
      guard error.code == .catalogueDamaged else { throw error }
      try Catalogue.remove(in: location)
      let catalogue = try Catalogue(of: location)
      try catalogue.agree(with: own)
      return catalogue
    }
  }

  /// Brings the catalogue up to date after a change. A catalogue that cannot be written is caught up
  /// by the next command: the change itself is done.
  func updateCatalogue() { _ = try? catalogue() }
}

extension Catalogue {
  /// Versions that the catalogue knows, and the stamps of the receipts it read.
  private func stamps() throws(NNXError) -> [String: String] {
    try read { try Catalogue.stamps($0) }
  }

  /// - Throws: `SQLITE_CORRUPT` for a row that nnx does not write: the file is damaged, though its pages fit.
  private static func stamps(_ database: Database) throws -> [String: String] {
    var stamps: [String: String] = [:]
    for row in try Row.fetchAll(database, sql: "SELECT name, version, stamp FROM model") {
      let texts = try texts(row, 3)
      stamps["\(texts[0])@\(texts[1])"] = texts[2]
    }
    return stamps
  }

  private static func texts(_ row: Row, _ count: Int) throws -> [String] {
    try (0..<count).map { column in
      guard let text = String.fromDatabaseValue(row[column] as DatabaseValue) else {
        throw DatabaseError(resultCode: .SQLITE_CORRUPT)
      }
      return text
    }
  }

  /// Reads the receipts that are new or changed, and forgets models that are gone: one transaction, and
  /// none when nothing differs.
  ///
  /// - Parameter models: of the user's own store.
  func agree(with models: [InstalledModel]) throws(NNXError) {
    guard try !difference(from: models).isEmpty else { return }
    try write { database in
      // Whoever wrote meanwhile may have done it: look again under the lock.
      var stamps = try Catalogue.stamps(database)
      for model in models {
        // Stamp first: a receipt that is replaced after that is read again next time.
        guard let stamp = FileStamp("\(model.path)/\(Receipt.fileName)"),
          stamps.removeValue(forKey: "\(model.name)@\(model.version)") != stamp.text
        else { continue }
        try Catalogue.insert(
          model.receipt, stamp: stamp, needs: model.requirements, into: database)
      }
      for key in stamps.keys {
        let parts = key.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
          .map(String.init)
        try Catalogue.delete(parts[0], parts[1], from: database)
      }
    }
  }

  /// What the catalogue does not know as it is: `NAME@VERSION`, sorted.
  package func difference(from models: [InstalledModel]) throws(NNXError) -> [String] {
    var known = try stamps()
    var differs: [String] = []
    for model in models {
      let key = "\(model.name)@\(model.version)"
      let stamp = FileStamp("\(model.path)/\(Receipt.fileName)")
      if known.removeValue(forKey: key) != stamp?.text { differs.append(key) }
    }
    return (differs + known.keys).sorted()
  }

  /// What SQLite finds wrong with its own pages; empty when nothing is.
  package func integrityProblems() throws(NNXError) -> [String] {
    try read { try String.fetchAll($0, sql: "PRAGMA quick_check(10)") }.filter { $0 != "ok" }
  }

  /// Names of the models that need the model `name`.
  package func requirers(of name: String) throws(NNXError) -> [String] {
    try read { database in
      try String.fetchAll(
        database,
        sql: """
          SELECT DISTINCT model.name FROM requirement JOIN model ON model.id = requirement.model
          WHERE needs = ? ORDER BY model.name
          """, arguments: [name])
    }
  }

  /// Where files of a digest lie, as name, version and path below the model's folder.
  package func files(
    withDigest sha256: String
  ) throws(NNXError) -> [(name: String, version: String, path: String)] {
    try read { database in
      let rows = try Row.fetchAll(
        database,
        sql: """
          SELECT name, version, path FROM file JOIN model ON model.id = file.model
          WHERE sha256 = ? ORDER BY name, version, path
          """, arguments: [sha256])
      return try rows.map { row in
        let texts = try Catalogue.texts(row, 3)
        return (texts[0], texts[1], texts[2])
      }
    }
  }
}
