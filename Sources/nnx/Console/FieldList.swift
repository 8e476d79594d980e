import NNXSystem

/// Named facts, one below the other, wrapped to the width of the terminal.
struct FieldList {
  private static let indent = 2

  private let width: Int
  private let nameWidth: Int
  private(set) var lines: [String] = []

  /// - Parameters:
  ///   - width: columns.
  ///   - names: that will be added, where some may be long.
  init(width: Int = 80, names: [String] = []) {
    self.width = width
    nameWidth = max(12, min(24, (names.map(\.count).max() ?? 0) + 2))
  }

  /// Adds one fact; nothing when there is no text.
  mutating func add(_ name: String, _ text: String?) {
    guard let text, !text.isEmpty else { return }
    let room = max(20, width - Self.indent - nameWidth)
    let margin = String(repeating: " ", count: Self.indent)
    for (index, part) in Self.wrap(text.printableLine, room).enumerated() {
      let head = (index == 0 ? name + " " : "").padding(to: nameWidth)
      lines.append(margin + head + part)
    }
  }

  /// Adds facts that share a name, each beginning on a line of its own.
  mutating func add(_ name: String, _ texts: [String]) {
    for (index, text) in texts.enumerated() { add(index == 0 ? name : "", text) }
  }

  /// Breaks text at spaces into lines of at most `width` characters; longer words stay whole.
  static func wrap(_ text: String, _ width: Int) -> [String] {
    if text.count <= width { return [text] }
    var lines: [String] = []
    for word in text.split(separator: " ") {
      if let last = lines.last, last.count + 1 + word.count <= width {
        lines[lines.count - 1] += " " + word
      } else {
        lines.append(String(word))
      }
    }
    return lines
  }
}
