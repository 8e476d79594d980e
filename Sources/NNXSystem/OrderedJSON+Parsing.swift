extension OrderedJSON {
  /// Parses one JSON document (RFC 8259), and `NaN`, `Infinity`, `-Infinity` as Python writes them.
  ///
  /// - Parameters:
  ///   - bytes: UTF-8 text.
  ///   - source: what to call the document in errors, usually its path.
  /// - Throws: `invalid-json` with the byte offset: bad syntax, bad UTF-8, a repeated key, more than
  ///   128 levels.
  package init(parsing bytes: [UInt8], source: String) throws(NNXError) {
    var parser = Parser(bytes: bytes, source: source)
    self = try parser.document()
  }

  /// Parses the file at `path`.
  ///
  /// - Throws: `file-not-found`, `unreadable`, `invalid-json`.
  package init(contentsOf path: String) throws(NNXError) {
    let file = try FileReader(path)
    try self.init(parsing: try file.bytes(at: 0, count: file.count), source: path)
  }
}

private struct Parser {
  static let deepest = 128

  let bytes: [UInt8]
  let source: String
  var position = 0
  var depth = 0

  init(bytes: [UInt8], source: String) {
    self.bytes = bytes
    self.source = source
  }

  mutating func document() throws(NNXError) -> OrderedJSON {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    let value = try value()
    skipSpace()
    guard position == bytes.count else { throw failure("text after the end of the document") }
    return value
  }

  func failure(_ reason: String) -> NNXError {
    NNXError(.invalidJSON, "\(source) is not valid JSON: \(reason) at byte \(position)")
  }

  var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      position += 1
    }
  }

  mutating func take(_ byte: UInt8) -> Bool {
    guard next == byte else { return false }
    position += 1
    return true
  }

  mutating func takeWord(_ word: String) -> Bool {
    guard bytes[position...].starts(with: word.utf8) else { return false }
    position += word.utf8.count
    return true
  }

  mutating func value() throws(NNXError) -> OrderedJSON {
    skipSpace()
    guard let byte = next else { throw failure("the document ends early") }
    switch byte {
    case UInt8(ascii: "{"): return try nested { (parser) throws(NNXError) in try parser.object() }
    case UInt8(ascii: "["): return try nested { (parser) throws(NNXError) in try parser.array() }
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
    default: break
    }
    if takeWord("null") { return .null }
    if takeWord("true") { return .bool(true) }
    if takeWord("false") { return .bool(false) }
    if takeWord("NaN") { return .double(.nan) }
    if takeWord("Infinity") { return .double(.infinity) }
    if takeWord("-Infinity") { return .double(-.infinity) }
    return try number()
  }

  mutating func nested(
    _ body: (inout Parser) throws(NNXError) -> OrderedJSON
  ) throws(NNXError) -> OrderedJSON {
    depth += 1
    guard depth <= Parser.deepest else { throw failure("more than \(Parser.deepest) levels") }
    position += 1
    let value = try body(&self)
    depth -= 1
    return value
  }

  mutating func object() throws(NNXError) -> OrderedJSON {
    var members: [OrderedJSON.Member] = []
    // Few keys are compared sooner than hashed.
    var many: Set<String>?
    skipSpace()
    if take(UInt8(ascii: "}")) { return .object([]) }
    while true {
      skipSpace()
      guard next == UInt8(ascii: "\"") else { throw failure("expected a key") }
      let key = try string()
      if members.count == 16 { many = Set(members.map(\.key)) }
      guard many?.insert(key).inserted ?? !members.contains(where: { $0.key == key }) else {
        throw failure("the key '\(key.excerpt)' is repeated")
      }
      skipSpace()
      guard take(UInt8(ascii: ":")) else { throw failure("expected ':'") }
      members.append(OrderedJSON.Member(key, try value()))
      skipSpace()
      if take(UInt8(ascii: "}")) { return .object(members) }
      guard take(UInt8(ascii: ",")) else { throw failure("expected ',' or '}'") }
    }
  }

  mutating func array() throws(NNXError) -> OrderedJSON {
    var elements: [OrderedJSON] = []
    skipSpace()
    if take(UInt8(ascii: "]")) { return .array([]) }
    while true {
      elements.append(try value())
      skipSpace()
      if take(UInt8(ascii: "]")) { return .array(elements) }
      guard take(UInt8(ascii: ",")) else { throw failure("expected ',' or ']'") }
    }
  }

  mutating func string() throws(NNXError) -> String {
    position += 1
    let start = position
    while let byte = next, byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") {
      position += 1
    }
    var text = bytes[start..<position]
    while let byte = next {
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let string = String(validating: text, as: UTF8.self) else {
          throw failure("a string is not UTF-8")
        }
        return string
      case UInt8(ascii: "\\"): try escape(into: &text)
      case 0..<0x20: throw failure("a control character in a string")
      default: text.append(byte)
      }
    }
    throw failure("a string without end")
  }

  mutating func escape(into text: inout ArraySlice<UInt8>) throws(NNXError) {
    guard let byte = next else { throw failure("a string without end") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "u"):
      var code = UInt32(try hexadecimal())
      if (0xD800..<0xDC00).contains(code) {
        guard take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else {
          throw failure("half of a surrogate pair")
        }
        let low = UInt32(try hexadecimal())
        guard (0xDC00..<0xE000).contains(low) else { throw failure("half of a surrogate pair") }
        code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
      }
      guard let scalar = Unicode.Scalar(code) else { throw failure("half of a surrogate pair") }
      text.append(contentsOf: String(Character(scalar)).utf8)
    default: throw failure("an unknown escape")
    }
  }

  mutating func hexadecimal() throws(NNXError) -> UInt16 {
    guard position + 4 <= bytes.count,
      let digits = String(validating: bytes[position..<position + 4], as: UTF8.self),
      digits.utf8.allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") }),
      let code = UInt16(digits, radix: 16)
    else { throw failure("a bad \\u escape") }
    position += 4
    return code
  }

  mutating func number() throws(NNXError) -> OrderedJSON {
    let start = position
    _ = take(UInt8(ascii: "-"))
    var isWellFormed = take(UInt8(ascii: "0")) || takeDigits()
    var isInteger = true
    if take(UInt8(ascii: ".")) {
      isInteger = false
      isWellFormed = takeDigits() && isWellFormed
    }
    if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
      isInteger = false
      _ = take(UInt8(ascii: "+")) || take(UInt8(ascii: "-"))
      isWellFormed = takeDigits() && isWellFormed
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if isWellFormed {
      if isInteger, let value = Int(text) { return .int(value) }
      if let value = Double(text), value.isFinite { return .double(value) }
    }
    position = start
    throw failure("expected a value")
  }

  mutating func takeDigits() -> Bool {
    let start = position
    while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
    return position > start
  }
}
