import NNXSystem

extension Store {
  /// The catalogue of the user's own store, made to agree with the receipts.
  ///
  /// Writes nothing when it agrees already.
  ///
  /// - Throws: `newer-store`, `catalogue`. Nothing else depends on it: what it tells can be read from
  ///   the receipts.
  func catalogue() throws(NNXError) -> Catalogue {
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
  /// Versions that the catalogue knows, `NAME@VERSION`, and the stamps of the receipts it read.
  private func stamps() throws(NNXError) -> [String: String] {
    var stamps: [String: String] = [:]
    for row in try database.texts("SELECT name, version, stamp FROM model") {
      stamps["\(row[0])@\(row[1])"] = row[2]
    }
    return stamps
  }

  /// Reads the receipts that are new or changed, and forgets models that are gone: one transaction, and
  /// none when nothing differs.
  ///
  /// - Parameter models: of the user's own store.
  func agree(with models: [InstalledModel]) throws(NNXError) {
    guard try !difference(from: models).isEmpty else { return }
    try database.transaction { () throws(NNXError) in
      // Whoever wrote meanwhile may have done it: look again under the lock.
      var stamps = try stamps()
      for model in models {
        // Stamp first: a receipt that is replaced after that is read again next time.
        guard let stamp = FileStamp("\(model.path)/\(Receipt.fileName)"),
          stamps.removeValue(forKey: "\(model.name)@\(model.version)") != stamp.text
        else { continue }
        try insert(model, stamp: stamp)
      }
      for key in stamps.keys {
        let parts = key.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
          .map(String.init)
        try delete(parts[0], parts[1])
      }
    }
  }

  /// Replaces what is known of one model.
  private func insert(_ model: InstalledModel, stamp: FileStamp) throws(NNXError) {
    let (name, version) = (Database.Value.text(model.name), Database.Value.text(model.version))
    try delete(model.name, model.version)
    try database.execute(
      "INSERT INTO model (name, version, stamp) VALUES (?, ?, ?)", name, version,
      .text(stamp.text))
    for needed in Set(model.requirements) {
      try database.execute(
        "INSERT INTO requirement SELECT id, ? FROM model WHERE name = ? AND version = ?",
        .text(needed), name, version)
    }
  }

  private func delete(_ name: String, _ version: String) throws(NNXError) {
    try database.execute(
      "DELETE FROM model WHERE name = ? AND version = ?", .text(name), .text(version))
  }

  /// What the catalogue does not know as it is: `NAME@VERSION`, sorted.
  func difference(from models: [InstalledModel]) throws(NNXError) -> [String] {
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
  func integrityProblems() throws(NNXError) -> [String] {
    try database.texts("PRAGMA quick_check(10)").map { $0[0] }.filter { $0 != "ok" }
  }

  /// Names of the models that need the model `name`.
  func requirers(of name: String) throws(NNXError) -> [String] {
    try database.texts(
      """
      SELECT DISTINCT model.name FROM requirement JOIN model ON model.id = requirement.model
      WHERE needs = ? ORDER BY model.name
      """, .text(name)
    ).map { $0[0] }
  }
}
