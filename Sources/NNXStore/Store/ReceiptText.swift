import NNXModel
import NNXSystem

/// The text of a receipt as nnx writes it, from which the receipt is made in one pass and without a document in
/// between: lists read every receipt of a store.
///
/// Members in another order, escapes, what is `unsupported` and whatever is wrong are left to the reader of
/// documents. Of what both read they make the same; the fuzz target `receipt` holds them to it.
struct ReceiptText {
  /// The text is to be read as a document.
  private struct Otherwise: Error {}

  private let bytes: [UInt8]
  private var position = 0

  /// The receipt that a text says, `nil` where it is to be read as a document.
  static func receipt(_ bytes: [UInt8]) -> Receipt? {
    var text = ReceiptText(bytes: bytes)
    return try? text.receipt()
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private mutating func receipt() throws(Otherwise) -> Receipt {
    try key("schema", after: "{")
    guard try number() == Receipt.schema else { throw Otherwise() }
    let name = try text("name", ModelName.self)
    let version = try text("version", ModelVersion.self)
    let title = try text("title")
    let organs = try texts("organs")
    let modalities = try texts("modalities")
    let source = try source()
    try key("sets")
    let sets = try list { (text) throws(Otherwise) in try text.set() }
    try key("licenses")
    let licenses = try list { (text) throws(Otherwise) in try text.license() }
    try key("files")
    let files = try list { (text) throws(Otherwise) in try text.file() }
    var receipt = Receipt(
      name: name, version: version, title: title, organs: organs, modalities: modalities,
      source: source, sets: sets, files: files, licenses: licenses, nnx: try text("nnx"),
      installed: try text("installed"))
    if !ends() {
      if hasKey("dropped") {
        try key("dropped")
        receipt.dropped = try list { (text) throws(Otherwise) in try text.file() }
      }
      if hasKey("lacking") { receipt.lacking = try texts("lacking") }
      guard ends() else { throw Otherwise() }
    }
    skipSpace()
    guard position == bytes.count else { throw Otherwise() }
    return receipt
  }

  private mutating func source() throws(Otherwise) -> Receipt.Source {
    try key("source")
    try key("kind", after: "{")
    guard let kind = Receipt.Source.Kind(rawValue: try text()) else { throw Otherwise() }
    let registry = try textIfThere("registry")
    try key("archives")
    let archives = try list { (text) throws(Otherwise) in try text.archive() }
    try take("}")
    return Receipt.Source(kind: kind, registry: registry, archives: archives)
  }

  private mutating func archive() throws(Otherwise) -> Receipt.ArchiveFile {
    try key("key", after: "{")
    let name = try text()
    let size = try number("size")
    let md5 = try textIfThere("md5")
    let sha256 = try textIfThere("sha256")
    let from = try text("from")
    try key("record")
    let record = takeNull() ? nil : try number()
    let doi = try textIfThere("doi")
    try key("pinned")
    let isPinned = try flag()
    let tag = try textIfThere("tag")
    try take("}")
    return Receipt.ArchiveFile(
      key: name, size: size, md5: md5, sha256: sha256, from: from, record: record, doi: doi,
      isPinned: isPinned, tag: tag)
  }

  private mutating func set() throws(Otherwise) -> Receipt.WeightsInstalled {
    try key("id", after: "{")
    let id = try text()
    let role = try textIfThere("role")
    let folder = try text("folder", StoredFolder.self)
    let generation = try number("generation")
    let dataset = try text("dataset", StoredPath.self)
    try key("configurations")
    let configurations = try list { (text) throws(Otherwise) in try text.configuration() }
    try key("unsupported")
    guard takeNull() else { throw Otherwise() }
    try take("}")
    return Receipt.WeightsInstalled(
      id: id, role: role, folder: folder, generation: generation, dataset: dataset,
      configurations: configurations, unsupported: nil)
  }

  private mutating func configuration() throws(Otherwise) -> Receipt.Configuration {
    let configuration = Receipt.Configuration(
      name: try text("name", FileName.self, after: "{"),
      trainer: try text("trainer", FileName.self), plans: try text("plans", FileName.self),
      folds: try texts("folds"), published: try texts("published"),
      results: try text("results", StoredPath.self))
    try take("}")
    return configuration
  }

  private mutating func license() throws(Otherwise) -> License {
    try key("spdx", after: "{")
    let spdx = try text()
    let statedBy = try text("statedBy")
    let url = try textIfThere("url")
    if let url, WebAddress.flaw(of: url) != nil { throw Otherwise() }
    var scope: License.Scope?
    if let word = try textIfThere("scope") {
      scope = License.Scope(rawValue: word)
      if scope == nil { throw Otherwise() }
    }
    try take("}")
    return License(spdx: spdx, statedBy: statedBy, url: url, scope: scope)
  }

  private mutating func file() throws(Otherwise) -> Receipt.File {
    var file = Receipt.File(
      path: try text("path", StoredPath.self, after: "{"), size: try number("size"),
      sha256: try text("sha256"))
    if !ends() {
      file.origin = Receipt.Origin(
        archive: try text("archive"), member: try text("member", StoredPath.self))
      try take("}")
    }
    return file
  }
}

// What stands between brackets.
extension ReceiptText {
  private mutating func text(
    _ name: String, _ rule: (some TextRule).Type, after mark: Unicode.Scalar = ","
  ) throws(Otherwise) -> String {
    try key(name, after: mark)
    let text = try text(allowsEmpty: rule.allowsEmpty)
    guard rule.flaw(of: text) == nil else { throw Otherwise() }
    return text
  }

  private mutating func text(_ name: String) throws(Otherwise) -> String {
    try key(name)
    return try text()
  }

  private mutating func textIfThere(_ name: String) throws(Otherwise) -> String? {
    try key(name)
    return takeNull() ? nil : try text()
  }

  private mutating func texts(_ name: String) throws(Otherwise) -> [String] {
    try key(name)
    return try list { (text) throws(Otherwise) in try text.text() }
  }

  private mutating func number(_ name: String) throws(Otherwise) -> Int {
    try key(name)
    return try number()
  }

  private mutating func list<Element>(
    _ element: (inout ReceiptText) throws(Otherwise) -> Element
  ) throws(Otherwise) -> [Element] {
    try take("[")
    var elements: [Element] = []
    while !isNext("]") {
      if !elements.isEmpty { try take(",") }
      elements.append(try element(&self))
    }
    position += 1
    return elements
  }

  private mutating func text(allowsEmpty: Bool = false) throws(Otherwise) -> String {
    try take("\"")
    let start = position
    var isASCII = true
    while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
      let byte = bytes[position]
      guard byte >= 0x20, byte != UInt8(ascii: "\\") else { throw Otherwise() }
      if byte >= 0x80 { isASCII = false }
      position += 1
    }
    let place = bytes[start..<position]
    try take("\"")
    guard allowsEmpty || !place.isEmpty else { throw Otherwise() }
    if isASCII { return String(decoding: place, as: UTF8.self) }
    guard let text = String(validating: place, as: UTF8.self) else { throw Otherwise() }
    return text
  }

  private mutating func number() throws(Otherwise) -> Int {
    skipSpace()
    let start = position
    var value = 0
    while position < bytes.count, (0x30...0x39).contains(bytes[position]) {
      value = value * 10 + Int(bytes[position] - 0x30)
      position += 1
      // Fewer digits than the most that documents may hold, so that they need not be compared with it.
      guard position - start < 14 else { throw Otherwise() }
    }
    guard position > start, position == start + 1 || bytes[start] != 0x30 else { throw Otherwise() }
    return value
  }

  private mutating func flag() throws(Otherwise) -> Bool {
    if takeWord("true") { return true }
    guard takeWord("false") else { throw Otherwise() }
    return false
  }

  private mutating func takeNull() -> Bool { takeWord("null") }

  /// Passes over a key and the mark before it.
  private mutating func key(
    _ name: String, after mark: Unicode.Scalar = ","
  ) throws(Otherwise) {
    try take(mark)
    try take("\"")
    // What is between the quotes counts to its last byte.
    guard takeBytes(name), takeBytes("\"") else { throw Otherwise() }
    try take(":")
  }

  /// Whether the next member is so called; passes over nothing.
  private func hasKey(_ name: String) -> Bool {
    var ahead = self
    return (try? ahead.key(name)) != nil
  }

  /// Whether an object ends here; its brace is passed over then.
  private mutating func ends() -> Bool {
    guard isNext("}") else { return false }
    position += 1
    return true
  }

  private mutating func isNext(_ mark: Unicode.Scalar) -> Bool {
    skipSpace()
    return position < bytes.count && bytes[position] == UInt8(ascii: mark)
  }

  private mutating func take(_ mark: Unicode.Scalar) throws(Otherwise) {
    guard isNext(mark) else { throw Otherwise() }
    position += 1
  }

  private mutating func takeWord(_ word: String) -> Bool {
    skipSpace()
    return takeBytes(word)
  }

  private mutating func takeBytes(_ word: String) -> Bool {
    var end = position
    for byte in word.utf8 {
      guard end < bytes.count, bytes[end] == byte else { return false }
      end += 1
    }
    position = end
    return true
  }

  private mutating func skipSpace() {
    while position < bytes.count {
      let byte = bytes[position]
      guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
      position += 1
    }
  }
}
