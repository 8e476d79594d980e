import NNXSystem

/// What goes to stderr for people: coloured and wrapped where a terminal shows it, as it is elsewhere.
struct RemarkWriter {
  private let palette: Palette
  /// Columns to keep to; `nil`: lines are left whole.
  private let width: Int?

  /// - Parameter isForbidden: whether `--no-color` was given.
  init(environment: [String: String], isForbidden: Bool) {
    let terminal = Terminal(descriptor: 2, environment: environment)
    palette = Palette(terminal, environment: environment, isForbidden: isForbidden)
    width = terminal.isInteractive ? terminal.width : nil
  }

  /// The lines that show one line of text.
  func lines(_ text: String) -> [String] {
    let text = text.printableLine
    var lines = width.map { Wrapping.lines(text, $0) } ?? [text]
    for (word, ink) in Self.inks where lines[0].hasPrefix(word) {
      let end = lines[0].firstIndex(of: ":") ?? lines[0].endIndex
      lines[0] = palette.paint(String(lines[0][..<end]), ink) + lines[0][end...]
    }
    return lines
  }

  /// Writes lines.
  func write(_ texts: [String]) {
    writeToStderr(texts.flatMap(lines).map { $0 + "\n" }.joined())
  }

  func write(_ error: NNXError) { write(ErrorText.lines(error)) }

  /// What lines begin with that are to be seen.
  private static let inks: [(String, Palette.Ink)] = [
    ("error[", .bad), ("warning:", .caution), ("note:", .caution), ("Note:", .caution),
  ]
}
