/// The lines of a `config.toml`, for replacing and removing one key without touching the rest: comments
/// and order stay as the user wrote them.
struct SettingsLines {
  /// With what ends them.
  private var lines: [String]
  private let content: TOMLText

  /// - Throws: when the text is not TOML.
  init(_ text: String) throws(TOMLText.Problem) {
    content = try TOMLText(text)
    lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map {
      String(decoding: $0, as: UTF8.self) + "\n"
    }
    // What follows the last line end is a line only where something stands there.
    if lines.last == "\n" { lines.removeLast() }
  }

  var text: String { lines.joined() }

  /// Sets `key` to a value in TOML.
  mutating func set(_ key: String, to value: String) {
    let end = lines.first?.utf8.suffix(2).first == UInt8(ascii: "\r") ? "\r\n" : "\n"
    let place = content[key]?.lines
    let comment = place.flatMap { $0.count == 1 ? Self.comment(of: lines[$0.lowerBound]) : nil }
    let line = "\(key) = \(value)\(comment.map { " " + $0 } ?? "")\(end)"
    lines.replaceSubrange(place ?? lines.count..<lines.count, with: [line])
  }

  /// The comment at the end of a line with a key, without what ends the line.
  private static func comment(of line: String) -> String? {
    var quote: UInt8?
    var isEscaped = false
    for (index, byte) in line.utf8.enumerated() {
      if let open = quote {
        if isEscaped {
          isEscaped = false
        } else if byte == UInt8(ascii: "\\"), open == UInt8(ascii: "\"") {
          isEscaped = true
        } else if byte == open {
          quote = nil
        }
      } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
        quote = byte
      } else if byte == UInt8(ascii: "#") {
        let ends: [UInt8] = [UInt8(ascii: "\r"), UInt8(ascii: "\n")]
        return String(
          decoding: line.utf8.dropFirst(index).filter { !ends.contains($0) }, as: UTF8.self)
      }
    }
    return nil
  }

  /// Removes `key`; says whether it was there.
  mutating func unset(_ key: String) -> Bool {
    guard let place = content[key]?.lines else { return false }
    lines.removeSubrange(place)
    return true
  }
}
