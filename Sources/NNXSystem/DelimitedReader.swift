/// Rows of a CSV file (RFC 4180), or of one with tabs or semicolons for commas, read by the names of their columns:
/// fields in quotes may hold commas, quotes and line ends. UTF-8, and UTF-16 where a mark at its beginning says so.
package struct DelimitedReader: Sendable {
  package let columns: [String]
  /// Each as long as `columns`.
  package let rows: [[String]]
  /// Whether all of it is text; else what is none stands as U+FFFD.
  package let isText: Bool
  private let places: [String: Int]

  private static let mostBytes = 64 << 20

  /// - Parameter separator: `,` or a tab.
  /// - Throws: `file-not-found`, `unreadable`, `broken-table`.
  package init(_ path: String, separator: Unicode.Scalar = ",") throws(NNXError) {
    let file = try FileReader(path)
    guard file.count <= Self.mostBytes else {
      throw .brokenTable(path, "it has \(file.count) bytes")
    }
    try self.init(
      parsing: try file.bytes(at: 0, count: file.count), source: path, separator: separator)
  }

  /// A file whose separator its header tells: the first of some by which it has a column, or, where none does, the
  /// first. A line `sep=;` before the header, as spreadsheets write it, is believed where it names one letter of
  /// ASCII.
  ///
  /// - Throws: `file-not-found`, `unreadable`, `broken-table`.
  package init(
    _ path: String, separators: [Unicode.Scalar], having column: String
  ) throws(NNXError) {
    let file = try FileReader(path)
    guard file.count <= Self.mostBytes else {
      throw .brokenTable(path, "it has \(file.count) bytes")
    }
    var bytes = Self.utf8(try file.bytes(at: 0, count: file.count))
    func line() -> [UInt8] { Array(bytes.prefix { $0 != 10 && $0 != 13 }) }
    let first = line()
    if first.count == 5, first.starts(with: Array("sep=".utf8)), first[4] < 0x80 {
      bytes = Array(bytes.dropFirst(5).drop { $0 == 10 || $0 == 13 })
      try self.init(parsing: bytes, source: path, separator: Unicode.Scalar(first[4]))
      return
    }
    let header = line()
    let found = separators.first { separator in
      let read = try? DelimitedReader(parsing: header, source: path, separator: separator)
      return read?.columns.contains { $0.lowercased() == column } == true
    }
    try self.init(parsing: bytes, source: path, separator: found ?? separators.first ?? ",")
  }

  /// The same in UTF-8, without a mark at its beginning.
  private static func utf8(_ bytes: [UInt8]) -> [UInt8] {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { return Array(bytes.dropFirst(3)) }
    let isLittle = bytes.starts(with: [0xFF, 0xFE])
    guard isLittle || bytes.starts(with: [0xFE, 0xFF]) else { return bytes }
    let units = stride(from: 2, to: bytes.count - 1, by: 2).map { index in
      isLittle
        ? UInt16(bytes[index]) | UInt16(bytes[index + 1]) << 8
        : UInt16(bytes[index]) << 8 | UInt16(bytes[index + 1])
    }
    return Array(String(decoding: units, as: UTF16.self).utf8)
  }

  /// - Throws: `broken-table`.
  package init(
    parsing given: [UInt8], source: String, separator: Unicode.Scalar = ","
  ) throws(NNXError) {
    let bytes = Self.utf8(given)
    isText = String(validating: bytes, as: UTF8.self) != nil
    var all: [[String]] = []
    var row: [String] = []
    var field: [UInt8] = []
    var isQuoted = false
    var index = 0
    func endField() {
      row.append(String(decoding: field, as: UTF8.self))
      field = []
    }
    func endRow() {
      endField()
      // A line without anything is none, nor is one of separators alone, as spreadsheets leave them.
      if row.contains(where: { !$0.isEmpty }) { all.append(row) }
      row = []
    }
    let (quote, comma, newline, back) = (
      UInt8(ascii: "\""), UInt8(ascii: separator), UInt8(ascii: "\n"), UInt8(ascii: "\r")
    )
    while index < bytes.count {
      let byte = bytes[index]
      index += 1
      if isQuoted {
        if byte != quote {
          field.append(byte)
        } else if index < bytes.count, bytes[index] == quote {
          field.append(quote)
          index += 1
        } else {
          isQuoted = false
        }
      } else if byte == quote, field.isEmpty {
        isQuoted = true
      } else if byte == comma {
        endField()
      } else if byte == newline || byte == back {
        if byte == back, index < bytes.count, bytes[index] == newline { index += 1 }
        endRow()
      } else {
        field.append(byte)
      }
    }
    guard !isQuoted else { throw .brokenTable(source, "a quote is never closed") }
    if !field.isEmpty || !row.isEmpty { endRow() }
    guard let first = all.first else { throw .brokenTable(source, "it is empty") }
    columns = first.map(\.withoutBlanks)
    rows = Array(all.dropFirst())
    places = Dictionary(columns.enumerated().map { ($1, $0) }) { first, _ in first }
    if let odd = rows.firstIndex(where: { $0.count != first.count }) {
      throw .brokenTable(
        source, "row \(odd + 2) has \(rows[odd].count) fields, and there are \(first.count) columns"
      )
    }
  }

  /// The field of a row in the column of a name, without blanks around it; `nil` without such a column, and where it
  /// is empty.
  package func field(_ column: String, of row: [String]) -> String? {
    let text = places[column].map { row[$0].withoutBlanks }
    return text?.isEmpty == false ? text : nil
  }

  package func has(_ column: String) -> Bool { places[column] != nil }
}

extension String {
  /// Without spaces and tabs around it, also those of fixed width.
  fileprivate var withoutBlanks: String {
    let blanks: Set<Character> = [" ", "\t", "\u{A0}"]
    guard let end = lastIndex(where: { !blanks.contains($0) }) else { return "" }
    return String(self[...end].drop { blanks.contains($0) })
  }
}

extension NNXError {
  package static func brokenTable(_ path: String, _ detail: String) -> NNXError {
    NNXError(
      .brokenTable, "\(path) cannot be read as a table", details: [detail],
      fixes: ["Give the file as the program wrote that it comes from"])
  }
}

extension NNXError.Code {
  package static let brokenTable = NNXError.Code("broken-table", .data)
}
