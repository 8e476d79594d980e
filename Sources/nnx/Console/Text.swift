extension String {
  /// Without the spaces at its end.
  var withoutTrailingSpaces: String {
    let spaces = utf8.reversed().prefix { $0 == UInt8(ascii: " ") }.count
    return String(self[..<utf8.index(endIndex, offsetBy: -spaces)])
  }

  /// Cut to `width` characters, with an ellipsis when something was lost.
  func shortened(to width: Int) -> String {
    // No text has more characters than bytes, which are quicker to count.
    utf8.count <= width || count <= width ? self : prefix(max(0, width - 1)) + "…"
  }

  func padding(to width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }

  func leftPadding(to width: Int) -> String {
    String(repeating: " ", count: max(0, width - count)) + self
  }
}

/// `path` with the user's home folder written as `~`.
func tildePath(_ path: String, _ environment: [String: String]) -> String {
  guard let home = environment["HOME"], home.count > 1, path.hasPrefix(home + "/") else {
    return path
  }
  return "~" + path.dropFirst(home.count)
}

/// `left`, `left and superior`, `left, right and superior`.
func listed(_ words: [String]) -> String {
  guard words.count > 1, let last = words.last else { return words.first ?? "" }
  return words.dropLast().joined(separator: ", ") + " and " + last
}
