/// The lines of a `config.toml`, for finding, replacing and removing one key without touching the
/// rest: comments and order stay as the user wrote them.
struct SettingsLines {
  private(set) var lines: [String]

  init(_ text: String) {
    lines = text.split(separator: "\n", omittingEmptySubsequences: false).map {
      $0.hasSuffix("\r") ? String($0.dropLast()) : String($0)
    }
    if lines.last == "" { lines.removeLast() }
  }

  var text: String { lines.map { $0 + "\n" }.joined() }

  /// Index of the line that sets `key`, or that opens a table of that name.
  func line(of key: String) -> Int? {
    lines.firstIndex { SettingsLines.sets($0, key) }
  }

  /// Index of the first line after the value of `key`: lists may span several.
  private func end(of key: String, from start: Int) -> Int {
    var end = start + 1
    while end < lines.count, !isComplete(lines[start..<end]) { end += 1 }
    return end
  }

  /// Sets `key` to a value in TOML.
  mutating func set(_ key: String, to value: String) {
    let line = "\(key) = \(value)"
    if let start = self.line(of: key) {
      lines.replaceSubrange(start..<end(of: key, from: start), with: [line])
    } else {
      let table = lines.firstIndex { $0.drop { $0 == " " || $0 == "\t" }.hasPrefix("[") }
      lines.insert(line, at: table ?? lines.count)
    }
  }

  /// Removes `key`; says whether it was there.
  mutating func unset(_ key: String) -> Bool {
    guard let start = line(of: key) else { return false }
    lines.removeSubrange(start..<end(of: key, from: start))
    return true
  }

  private static func sets(_ line: String, _ key: String) -> Bool {
    let line = line.drop { $0 == " " || $0 == "\t" || $0 == "[" }
    for form in [key, "\"\(key)\"", "'\(key)'"] where line.hasPrefix(form) {
      let rest = line.dropFirst(form.count).drop { $0 == " " || $0 == "\t" }
      if let next = rest.first, "=.]".contains(next) { return true }
    }
    return false
  }

  /// Whether brackets outside of strings and comments are closed.
  private func isComplete(_ lines: ArraySlice<String>) -> Bool {
    var open = 0
    for line in lines {
      var quote: Character?
      var isEscaped = false
      for character in line {
        if let current = quote {
          if isEscaped {
            isEscaped = false
          } else if character == "\\", current == "\"" {
            isEscaped = true
          } else if character == current {
            quote = nil
          }
          continue
        }
        if character == "#" { break }
        if character == "\"" || character == "'" { quote = character }
        if character == "[" { open += 1 }
        if character == "]" { open -= 1 }
      }
    }
    return open <= 0
  }
}
