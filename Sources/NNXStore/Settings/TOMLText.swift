import NNXSystem

/// A text in TOML 1.0.0, as far as settings need it: keys with strings, integers, booleans and lists of
/// them, one below the other.
///
/// What TOML has beyond that is recognised and kept as a kind of value that no setting has, or refused by
/// its name; nothing is misread. What is not TOML is refused with its line.
struct TOMLText {
  enum Value: Equatable {
    case string(String)
    case integer(Int)
    case bool(Bool)
    case array([Value])
    /// Kinds that no setting has.
    case real, date, table

    /// As TOML's specification calls it.
    var kind: String {
      switch self {
      case .string: "string"
      case .integer: "integer"
      case .bool: "boolean"
      case .array: "array"
      case .real: "floating-point number"
      case .date: "date or time"
      case .table: "table"
      }
    }
  }

  struct Entry: Equatable {
    var key: String
    var value: Value
    /// The lines of the text that it takes, from 0.
    var lines: Range<Int>
  }

  /// Why a text cannot be read.
  struct Problem: Error, Equatable {
    /// From 1.
    var line: Int
    /// As it follows a colon.
    var reason: String
  }

  /// In the order of the text. A table is one entry of its first name; what it holds is checked and left
  /// out.
  let entries: [Entry]

  init(_ text: String) throws(Problem) {
    var reader = TOMLReader(text)
    var entries: [Entry] = []
    var isInTable = false
    while try reader.skipToStatement() {
      let start = reader.line
      if let name = try reader.header() {
        isInTable = true
        entries.append(Entry(key: name, value: .table, lines: start..<start + 1))
      } else {
        let path = try reader.key()
        let value = try reader.assigned()
        if !isInTable {
          let known = entries.first { $0.key == path[0] }
          guard known == nil || (known?.value == .table && path.count > 1) else {
            throw reader.problem("the key '\(path[0].excerpt)' is there twice", line: start)
          }
          entries.append(
            Entry(
              key: path[0], value: path.count > 1 ? .table : value, lines: start..<reader.line + 1))
        }
      }
      try reader.endLine()
    }
    self.entries = entries
  }

  /// The entry of a key.
  subscript(key: String) -> Entry? { entries.first { $0.key == key } }
}
