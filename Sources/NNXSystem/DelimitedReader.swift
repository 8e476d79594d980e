/// Rows of a CSV file (RFC 4180), or of one with tabs for commas, read by the names of their columns: fields in quotes may hold commas, quotes
/// and line ends.
package struct DelimitedReader: Sendable {
  package let columns: [String]
  /// Each as long as `columns`.
  package let rows: [[String]]
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

  /// - Throws: `broken-table`.
  package init(
    parsing bytes: [UInt8], source: String, separator: Unicode.Scalar = ","
  ) throws(NNXError) {
    var all: [[String]] = []
    var row: [String] = []
    var field: [UInt8] = []
    var isQuoted = false
    var index = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    func endField() {
      row.append(String(decoding: field, as: UTF8.self))
      field = []
    }
    func endRow() {
      endField()
      // A line without anything is none.
      if row != [""] { all.append(row) }
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
    columns = first
    rows = Array(all.dropFirst())
    places = Dictionary(first.enumerated().map { ($1, $0) }) { first, _ in first }
    if let odd = rows.firstIndex(where: { $0.count != first.count }) {
      throw .brokenTable(
        source, "row \(odd + 1) has \(rows[odd].count) fields, and there are \(first.count) columns"
      )
    }
  }

  /// The field of a row in the column of a name; `nil` without such a column, and where it is empty.
  package func field(_ column: String, of row: [String]) -> String? {
    places[column].flatMap { row[$0].isEmpty ? nil : row[$0] }
  }

  package func has(_ column: String) -> Bool { places[column] != nil }
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
