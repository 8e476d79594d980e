import NNXSystem

/// Reads keys and values of a TOML text from left to right (TOML 1.0.0).
struct TOMLReader {
  private let bytes: [UInt8]
  private var position = 0
  /// Of the position, from 0.
  private(set) var line = 0

  init(_ text: String) {
    bytes = Array(text.utf8)
    // Editors of Windows begin a file with a byte order mark.
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
  }

  /// - Parameter line: from 0; the reader's own, unless given.
  func problem(_ reason: String, line: Int? = nil) -> TOMLText.Problem {
    TOMLText.Problem(line: (line ?? self.line) + 1, reason: reason)
  }

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private func begins(_ text: String) -> Bool { bytes[position...].starts(with: text.utf8) }

  /// Takes a byte if it is the next one.
  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func skipSpaces() {
    while next == UInt8(ascii: " ") || next == UInt8(ascii: "\t") { position += 1 }
  }

  /// Takes the end of a line, LF or CRLF.
  private mutating func takeLineEnd() -> Bool {
    if begins("\r\n") { position += 1 }
    guard take("\n") else { return false }
    line += 1
    return true
  }

  private mutating func skipComment() throws(TOMLText.Problem) {
    guard take("#") else { return }
    while let byte = next, !begins("\n"), !begins("\r\n") {
      try check(byte)
      position += 1
    }
  }

  /// Control characters but the tab are nowhere in a line.
  private func check(_ byte: UInt8) throws(TOMLText.Problem) {
    guard byte >= 0x20 && byte != 0x7F || byte == 0x09 else {
      throw problem("a control character stands in it")
    }
  }

  /// Goes on to the next line that says something; `false` at the end.
  mutating func skipToStatement() throws(TOMLText.Problem) -> Bool {
    repeat {
      skipSpaces()
      try skipComment()
    } while takeLineEnd()
    return next != nil
  }

  /// Takes what may follow a statement on its line, and its end.
  mutating func endLine() throws(TOMLText.Problem) {
    skipSpaces()
    try skipComment()
    guard next != nil else { return }
    let start = position
    guard takeLineEnd() else {
      throw problem("'\(rest(from: start))' follows the value")
    }
  }

  /// The text up to the end of the line.
  private func rest(from start: Int) -> String {
    let part = bytes[start...].prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
    return String(decoding: part, as: UTF8.self).excerpt
  }

  /// The first name of a table's header, `[a.b]` or `[[a.b]]`; `nil` where none stands.
  mutating func header() throws(TOMLText.Problem) -> String? {
    guard take("[") else { return nil }
    let isList = take("[")
    let path = try key()
    guard take("]"), !isList || take("]") else {
      throw problem("the name of a table lacks its ']'")
    }
    return path[0]
  }

  /// The names of a key: several where dots join them.
  mutating func key() throws(TOMLText.Problem) -> [String] {
    var path: [String] = []
    repeat {
      skipSpaces()
      path.append(try name())
      skipSpaces()
    } while take(".")
    return path
  }

  private mutating func name() throws(TOMLText.Problem) -> String {
    if let quoted = try string() { return quoted }
    let start = position
    while let byte = next, TOMLReader.isBare(byte) { position += 1 }
    guard position > start else {
      if let next, !begins("\n"), !begins("\r\n") { try check(next) }
      throw problem("'\(rest(from: start))' is no key")
    }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private static func isBare(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
      true
    default: false
    }
  }

  /// The value behind a key's `=`.
  mutating func assigned() throws(TOMLText.Problem) -> TOMLText.Value {
    guard take("=") else { throw problem("a key lacks its '='") }
    skipSpaces()
    return try value()
  }

  private mutating func value() throws(TOMLText.Problem) -> TOMLText.Value {
    if take("[") { return .array(try elements()) }
    if begins("{") { throw problem("nnx does not read tables in braces") }
    if let text = try string() { return .string(text) }
    let start = position
    let word = takeWord()
    guard let value = try TOMLNumber(word, reader: self).value else {
      throw problem(
        word.isEmpty && (next == nil || begins("\n") || begins("\r\n") || begins("#"))
          ? "a value is missing"
          : "'\(rest(from: start))' is no value; texts stand in quotes")
    }
    // The time of a day may follow its date after a space.
    if value == .date, begins(" "), position + 3 < bytes.count,
      bytes[position + 3] == UInt8(ascii: ":")
    {
      position += 1
      _ = takeWord()
    }
    return value
  }

  private mutating func takeWord() -> String {
    let start = position
    let marks = Array("+.:".utf8)
    while let byte = next, TOMLReader.isBare(byte) || marks.contains(byte) { position += 1 }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  /// What stands between the brackets of a list, with the closing one.
  private mutating func elements() throws(TOMLText.Problem) -> [TOMLText.Value] {
    var values: [TOMLText.Value] = []
    while true {
      guard try skipToStatement() else { throw problem("a list lacks its ']'") }
      if take("]") { return values }
      if begins("[") { throw problem("nnx does not read lists in lists") }
      values.append(try value())
      guard try skipToStatement() else { throw problem("a list lacks its ']'") }
      if take("]") { return values }
      guard take(",") else {
        throw problem("'\(rest(from: position))' stands where a comma or ']' should")
      }
    }
  }

  /// A string in quotes; `nil` where none begins.
  private mutating func string() throws(TOMLText.Problem) -> String? {
    if begins("\"\"\"") || begins("'''") {
      throw problem("nnx does not read texts of several lines")
    }
    if take("'") { return try literal() }
    return take("\"") ? try basic() : nil
  }

  private mutating func literal() throws(TOMLText.Problem) -> String {
    let start = position
    while let byte = next, byte != UInt8(ascii: "'") {
      try checkInString(byte)
      position += 1
    }
    guard take("'") else { throw problem("a text lacks its closing quote") }
    return String(decoding: bytes[start..<position - 1], as: UTF8.self)
  }

  private mutating func basic() throws(TOMLText.Problem) -> String {
    var text: [UInt8] = []
    while let byte = next, byte != UInt8(ascii: "\"") {
      try checkInString(byte)
      position += 1
      if byte == UInt8(ascii: "\\") {
        text += try escape().utf8
      } else {
        text.append(byte)
      }
    }
    guard take("\"") else { throw problem("a text lacks its closing quote") }
    return String(decoding: text, as: UTF8.self)
  }

  private func checkInString(_ byte: UInt8) throws(TOMLText.Problem) {
    guard byte != UInt8(ascii: "\n"), !begins("\r\n") else {
      throw problem("a text lacks its closing quote")
    }
    try check(byte)
  }

  /// What stands behind a backslash.
  private mutating func escape() throws(TOMLText.Problem) -> String {
    guard let byte = next else { throw problem("a text lacks its closing quote") }
    position += 1
    switch Character(Unicode.Scalar(byte)) {
    case "b": return "\u{8}"
    case "t": return "\t"
    case "n": return "\n"
    case "f": return "\u{C}"
    case "r": return "\r"
    case "\"": return "\""
    case "\\": return "\\"
    case "u": return try scalar(digits: 4)
    case "U": return try scalar(digits: 8)
    default:
      throw problem(
        "'\\\(rest(from: position - 1).prefix(1))' is no escape; write \\\\ for a backslash")
    }
  }

  private mutating func scalar(digits: Int) throws(TOMLText.Problem) -> String {
    let text = String(decoding: bytes[position...].prefix(digits), as: UTF8.self)
    guard text.utf8.count == digits, text.allSatisfy(\.isHexDigit),
      let scalar = UInt32(text, radix: 16).flatMap(Unicode.Scalar.init)
    else { throw problem("'\(text.excerpt)' is no Unicode character") }
    position += digits
    return String(Character(scalar))
  }
}
