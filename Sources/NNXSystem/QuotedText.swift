/// Text of files and arguments, made fit to be shown: the one place that decides what reaches a terminal.

extension String {
  /// The text with everything that a terminal or a reader would obey instead of see written as `\u{1B}`:
  /// control characters (C0, DEL, C1), line separators, and what overrides the direction of writing
  /// (Unicode Standard Annex 9). Line ends and tabs stay.
  package var printable: String { escaped { $0 == "\n" || $0 == "\t" } }

  /// As `printable`, without line ends and tabs, too: for a cell of a table or a line of an error.
  package var printableLine: String { escaped { _ in false } }

  /// A quotation from a file or an argument: on one line, and cut when it is long.
  package var excerpt: String { printableLine.cut(to: 100) }

  /// At most so many characters, with an ellipsis where something was left out: in the middle, so that
  /// beginning and end are seen.
  package func cut(to most: Int) -> String {
    guard utf8.count > most, count > most else { return self }
    let tail = most / 4
    return prefix(most - 1 - tail) + "…" + suffix(tail)
  }

  private func escaped(except isFine: (Unicode.Scalar) -> Bool) -> String {
    // C0 and DEL are bytes; all else that is looked for begins with one of these two.
    guard utf8.contains(where: { $0 < 0x20 || $0 == 0x7F || $0 == 0xC2 || $0 == 0xE2 }) else {
      return self
    }
    var result = ""
    for scalar in unicodeScalars {
      if scalar.isObeyed, !isFine(scalar) {
        result += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}

extension Unicode.Scalar {
  /// Whether it does something instead of being seen.
  var isObeyed: Bool {
    switch value {
    case 0..<0x20, 0x7F..<0xA0, 0x2028...0x202E, 0x2066...0x2069: true
    default: false
    }
  }
}
