/// Commands as a POSIX shell reads them.
package enum ShellText {
  private static let plain = Set(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./=:,+@%-".unicodeScalars)

  /// A word that the shell takes as it is, in quotes where it needs them.
  package static func word(_ text: String) -> String {
    guard text.isEmpty || !text.unicodeScalars.allSatisfy(plain.contains) else { return text }
    return "'" + text.replacing("'", with: "'\\''") + "'"
  }

  package static func command(_ words: [String]) -> String {
    words.map(word).joined(separator: " ")
  }
}
