import NNXModel
import NNXSystem
import TestSupport
import Testing

@testable import NNXStore

/// The quick reader of receipts against the reader of documents.
@Suite struct ReceiptTextTests {
  private static let file = Receipt.File(
    path: "weights/2d/fold_0.safetensors", size: 12, sha256: "ab",
    origin: .init(archive: "a.zip", member: "b/c d.pth"))

  /// With every member that a receipt may have but `unsupported`.
  private static let receipt = Receipt(
    name: "lung2-ct", version: "2024.6.11", title: "Lungs – CT, 5 %", organs: ["lung"],
    modalities: ["CT", "MR"],
    source: .init(
      kind: .record, registry: "nnx",
      archives: [
        .init(
          key: "a.zip", size: 122_574, md5: "3d", sha256: nil, from: "https://a.org/a.zip",
          record: 11_582_728, doi: nil, isPinned: true, tag: "x")
      ]),
    sets: [
      .init(
        id: "a", role: nil, folder: "", generation: 2, dataset: "Dataset006_Lung",
        configurations: [
          .init(
            name: "2d", trainer: "T", plans: "P", folds: ["0", "all"],
            published: ["0", "1", "all"],
            results: "nnUNet_results/Dataset006_Lung/T__P__2d")
        ], unsupported: nil)
    ], files: [file, .init(path: "model.json", size: 0, sha256: "cd", origin: nil)],
    lacking: ["b"], dropped: [file],
    licenses: [.init(spdx: "CC-BY-4.0", statedBy: "a", url: "https://a.org", scope: .weights)],
    nnx: "0.1.0", installed: "2026-11-23T12:49:37Z")

  private func read(_ text: String) -> (quick: Receipt?, document: Receipt?) {
    let bytes = Array(text.utf8)
    let document = try? Receipt(OrderedJSON(parsing: bytes, source: "a"), at: "a")
    return (ReceiptText.receipt(bytes), document)
  }

  @Test func whatNNXWritesIsReadAsWritten() throws {
    var plain = Self.receipt
    (plain.lacking, plain.dropped, plain.licenses, plain.files) = ([], [], [], [])
    for receipt in [Self.receipt, plain] {
      let read = read(receipt.json.text(pretty: true) + "\n")
      #expect(read.quick == receipt)
      #expect(read.document == receipt)
      #expect(self.read(receipt.json.text()).quick == receipt)
    }
  }

  @Test func whatNNXDoesNotWriteIsLeftToTheReaderOfDocuments() throws {
    let text = Self.receipt.json.text(pretty: true)
    let changes = [
      ("\"schema\": 1", "\"schema\": 2"), ("lung2-ct", "../ct"), ("2024.6.11", "default"),
      ("\"size\": 12,", "\"size\": -12,"), ("\"size\": 12,", "\"size\": 1.5,"),
      ("\"size\": 12,", "\"size\": 012,"), ("\"size\": 12,", "\"size\": 99999999999999,"),
      ("weights/2d", "../2d"), ("weights/2d", "/2d"), ("b/c d.pth", "b/../../c"),
      ("Lungs", "Lungs\\u0041"), ("\"kind\": \"record\"", "\"kind\": \"x\""),
      ("https://a.org\"", "http://a.org\""), ("\"scope\": \"weights\"", "\"scope\": \"x\""),
      ("\"organs\"", "\"organ\""), ("\"unsupported\": null", "\"unsupported\": {}"),
      ("\"pinned\": true", "\"pinned\": 1"), ("\"name\": \"2d\"", "\"name\": \"a/b\""),
      ("\"lacking\"", "\"more\""), ("\"nnx\": ", "\"installed\": "),
    ]
    for (from, to) in changes {
      let changed = text.replacing(from, with: to)
      #expect(changed != text, "\(from)")
      #expect(read(changed).quick == nil, "\(to)")
    }
    #expect(read(text + "}").quick == nil)
    var bytes = Array(text.utf8)
    bytes[try #require(bytes.firstIndex(of: 0xE2))] = 0xFF
    #expect(ReceiptText.receipt(bytes) == nil)
  }

  /// Cut anywhere, or with a byte taken out or a blank put in, a text says no other thing than the document does.
  @Test func damageIsSeenByBoth() throws {
    let text = Array(Self.receipt.json.text(pretty: true).utf8)
    for place in text.indices {
      #expect(ReceiptText.receipt(Array(text[..<place])) == nil)
      var (less, more) = (text, text)
      less.remove(at: place)
      more.insert(UInt8(ascii: " "), at: place)
      for changed in [less, more] {
        guard let quick = ReceiptText.receipt(changed) else { continue }
        #expect(try quick == Receipt(OrderedJSON(parsing: changed, source: "a"), at: "a"))
      }
    }
  }
}
