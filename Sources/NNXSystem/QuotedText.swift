/// Text of files and arguments, made fit to be shown: the one place that decides what reaches a terminal.

extension String {
  /// The text on one line, with everything that a terminal or a reader would obey instead of see written as
  /// shells and Python write it (`\x1B`, `\n`, `\u202E`): control characters (C0, DEL, C1), line separators, and
  /// what overrides the direction of writing (Unicode Standard Annex 9). The one rule for showing names.
  package var printableLine: String { escaped }

  /// A quotation from a file or an argument: on one line, and cut when it is long.
  package var excerpt: String { printableLine.cut(to: 100) }

  /// At most so many characters, with an ellipsis where something was left out: in the middle, so that
  /// beginning and end are seen.
  package func cut(to most: Int) -> String {
    guard utf8.count > most, count > most else { return self }
    let tail = most / 4
    return prefix(most - 1 - tail) + "…" + suffix(tail)
  }

  private var escaped: String {
    // C0 and DEL are bytes; all else that is looked for begins with one of these two.
    guard utf8.contains(where: { $0 < 0x20 || $0 == 0x7F || $0 == 0xC2 || $0 == 0xE2 }) else {
      return self
    }
    var result = ""
    for scalar in unicodeScalars {
      if scalar.isObeyed {
        result += scalar.escape
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}

extension Unicode.Scalar {
  fileprivate var escape: String {
    switch self {
    case "\n": return "\\n"
    case "\t": return "\\t"
    case "\r": return "\\r"
    default:
      let digits = String(value, radix: 16, uppercase: true)
      let width = value < 0x100 ? 2 : 4
      let zeros = String(repeating: "0", count: max(0, width - digits.count))
      return (width == 2 ? "\\x" : "\\u") + zeros + digits
    }
  }

  /// Whether it does something instead of being seen.
  var isObeyed: Bool {
    switch value {
    case 0..<0x20, 0x7F..<0xA0, 0x2028...0x202E, 0x2066...0x2069: true
    default: false
    }
  }
}
