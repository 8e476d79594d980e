import NNXArchive
import NNXModel
import NNXSystem

extension Receipt {
  /// Reads the receipt of the model in `folder`.
  ///
  /// - Throws: `file-not-found`, `invalid-json`, `invalid-receipt`; `newer-store` when a later nnx
  ///   wrote it.
  package init(ofModelIn folder: String) throws(NNXError) {
    let path = "\(folder)/\(Receipt.fileName)"
    let file = try FileReader(path)
    let bytes = try file.bytes(at: 0, count: file.count)
    if let receipt = ReceiptText.receipt(bytes) {
      self = receipt
    } else {
      try self.init(OrderedJSON(parsing: bytes, source: path), at: path)
    }
  }

  /// Reads a document.
  ///
  /// - Throws: `invalid-receipt`; `newer-store` when a later nnx wrote it.
  package init(_ document: OrderedJSON, at path: String) throws(NNXError) {
    self = try document.document(
      .strict, schema: Receipt.schema,
      newer: { _ in
        NNXError(
          .newerStore, "\(path) was written by a newer nnx",
          fixes: ["Update nnx, or keep its models apart: export NNX_HOME=…"])
      }, invalid: { NNXError(.invalidReceipt, $0.sentence(in: path)) })
  }

  /// As it is written.
  package var json: OrderedJSON { OrderedJSON(encoding: self, schema: Receipt.schema) }

  /// Writes the receipt into `folder`, flushed.
  ///
  /// - Throws: `cannot-write`, `no-space`.
  func write(to folder: String) throws(NNXError) {
    let file = try AtomicFile("\(folder)/\(Receipt.fileName)")
    try file.write(json.text(pretty: true) + "\n")
    try file.commit()
  }
}

/// The version of a model: a folder of the store is called so.
package enum ModelVersion: TextRule {
  package static func flaw(of text: String) -> String? {
    Store.isVersion(text) ? nil : "is none that nnx would give"
  }
}

/// A path that stays below the model's folder.
package enum StoredPath: TextRule {
  package static func flaw(of text: String) -> String? {
    (try? EntryPath.check(Array(text.utf8), archive: "")) == nil ? "leads elsewhere" : nil
  }
}

/// As `StoredPath`; empty for the model's folder itself.
package enum StoredFolder: TextRule {
  package static let allowsEmpty = true

  package static func flaw(of text: String) -> String? {
    text.isEmpty ? nil : StoredPath.flaw(of: text)
  }
}
