import GRDB

extension Catalogue {
  /// Makes the tables of `schema`, in place of any that are there.
  static func makeTables(_ database: Database) throws {
    for table in ["file", "license", "requirement", "fold", "weights", "model"] {
      try database.execute(sql: "DROP TABLE IF EXISTS \(table)")
    }
    try database.execute(
      sql: """
        CREATE TABLE model (
          id INTEGER PRIMARY KEY,
          name TEXT NOT NULL,
          version TEXT NOT NULL,
          stamp TEXT NOT NULL,     -- of the receipt this was read from
          title TEXT NOT NULL,
          digest TEXT NOT NULL,    -- SHA-256 over the files
          bytes INTEGER NOT NULL,
          source TEXT NOT NULL,    -- registry, record, file, folder
          nnx TEXT NOT NULL,
          installed TEXT NOT NULL, -- UTC
          UNIQUE (name, version)
        );
        CREATE TABLE weights (
          id INTEGER PRIMARY KEY,
          model INTEGER NOT NULL REFERENCES model ON DELETE CASCADE,
          name TEXT NOT NULL,
          generation INTEGER NOT NULL,
          dataset TEXT NOT NULL
        );
        CREATE INDEX weights_of_model ON weights (model);
        CREATE TABLE fold (
          weights INTEGER NOT NULL REFERENCES weights ON DELETE CASCADE,
          configuration TEXT NOT NULL,
          fold TEXT NOT NULL,
          PRIMARY KEY (weights, configuration, fold)
        ) WITHOUT ROWID;
        CREATE TABLE file (
          model INTEGER NOT NULL REFERENCES model ON DELETE CASCADE,
          path TEXT NOT NULL,
          size INTEGER NOT NULL,   -- bytes
          sha256 TEXT NOT NULL,
          PRIMARY KEY (model, path)
        ) WITHOUT ROWID;
        CREATE INDEX file_by_digest ON file (sha256);
        CREATE TABLE license (
          model INTEGER NOT NULL REFERENCES model ON DELETE CASCADE,
          spdx TEXT NOT NULL,
          stated_by TEXT NOT NULL,
          scope TEXT
        );
        CREATE INDEX license_of_model ON license (model);
        CREATE TABLE requirement (
          model INTEGER NOT NULL REFERENCES model ON DELETE CASCADE,
          needs TEXT NOT NULL,     -- name of a model
          PRIMARY KEY (model, needs)
        ) WITHOUT ROWID;
        PRAGMA user_version = \(schema);
        """)
  }

  /// Replaces what is known of one model.
  static func insert(
    _ receipt: Receipt, stamp: FileStamp, needs: [String], into database: Database
  ) throws {
    try delete(receipt.name, receipt.version, from: database)
    try database.execute(
      sql: """
        INSERT INTO model (name, version, stamp, title, digest, bytes, source, nnx, installed)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        receipt.name, receipt.version, stamp.text, receipt.title, receipt.digest, receipt.bytes,
        receipt.source.kind.rawValue, receipt.nnx, receipt.installed,
      ])
    let model = database.lastInsertedRowID
    for set in receipt.sets {
      try database.execute(
        sql: "INSERT INTO weights (model, name, generation, dataset) VALUES (?, ?, ?, ?)",
        arguments: [model, set.id, set.generation, set.dataset])
      let weights = database.lastInsertedRowID
      for configuration in set.configurations {
        for fold in configuration.folds {
          // Two trainers may have published the same configuration.
          try database.execute(
            sql: "INSERT OR IGNORE INTO fold VALUES (?, ?, ?)",
            arguments: [weights, configuration.name, fold])
        }
      }
    }
    for file in receipt.files {
      try database.execute(
        sql: "INSERT INTO file VALUES (?, ?, ?, ?)",
        arguments: [model, file.path, file.size, file.sha256])
    }
    for license in receipt.licenses {
      try database.execute(
        sql: "INSERT INTO license VALUES (?, ?, ?, ?)",
        arguments: [model, license.spdx, license.statedBy, license.scope?.rawValue])
    }
    for name in Set(needs) {
      try database.execute(
        sql: "INSERT INTO requirement VALUES (?, ?)", arguments: [model, name])
    }
  }

  static func delete(_ name: String, _ version: String, from database: Database) throws {
    try database.execute(
      sql: "DELETE FROM model WHERE name = ? AND version = ?", arguments: [name, version])
  }
}
