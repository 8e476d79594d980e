import NNXSystem

/// Tables for other programs: CSV (RFC 4180) and TSV.
package enum Delimited {
  /// - Parameters:
  ///   - rows: header first.
  ///   - separator: `,` or a tab.
  /// - Returns: lines without their ends.
  package static func lines(_ rows: [[String]], separator: Character) -> [String] {
    rows.map { row in
      row.map { field($0, separator) }.joined(separator: String(separator))
    }
  }

  private static func field(_ text: String, _ separator: Character) -> String {
    if separator == "\t" {
      return String(text.map { $0 == "\t" || $0.isNewline ? " " : $0 })
    }
    guard text.contains(where: { $0 == separator || $0 == "\"" || $0.isNewline }) else {
      return text
    }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }
}
