/// A manual page as a terminal shows it, without `man`.
enum PlainPage {
  private static let margin = 4

  static func lines(
    _ blocks: [ManualPage.Block], width: Int, _ palette: Palette
  ) -> [String] {
    var lines: [String] = []
    for block in blocks {
      switch block {
      case .section(let title):
        lines += (lines.isEmpty ? [] : [""]) + [palette.paint(title, .strong)]
      case .line(let line): lines += indented(line, by: margin, width)
      case .paragraphs(let body):
        for line in body.split(separator: "\n", omittingEmptySubsequences: false) {
          lines += indented(String(line), by: margin, width)
        }
      case .item(let head, let body):
        lines.append(spaces(margin) + palette.paint(head, .strong))
        lines += indented(body, by: 2 * margin, width)
      }
    }
    return lines
  }

  private static func indented(_ text: String, by margin: Int, _ width: Int) -> [String] {
    if text.isEmpty { return [""] }
    // What begins with spaces is a command.
    if text.hasPrefix(" ") { return [spaces(margin) + text] }
    return FieldList.wrap(text, max(20, width - margin)).map { spaces(margin) + $0 }
  }

  private static func spaces(_ count: Int) -> String { String(repeating: " ", count: count) }
}
