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
    let line = "\(key) = \(value)\(end)"
    let place = content[key]?.lines
    lines.replaceSubrange(place ?? lines.count..<lines.count, with: [line])
  }

  /// Removes `key`; says whether it was there.
  mutating func unset(_ key: String) -> Bool {
    guard let place = content[key]?.lines else { return false }
    lines.removeSubrange(place)
    return true
  }
}
