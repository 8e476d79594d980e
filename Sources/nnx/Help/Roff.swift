import NNXSystem

/// Text with the macros of man(7).
struct Roff {
  private var text = ""

  static func text(_ name: String, _ blocks: [ManualPage.Block]) -> String {
    var roff = Roff()
    roff.title(name, source: "nnx \(Version.current)")
    for block in blocks {
      switch block {
      case .section(let title): roff.section(title)
      case .line(let line): roff.line(line)
      case .paragraphs(let body): roff.paragraphs(body)
      case .item(let head, let body): roff.item(head, body)
      }
    }
    return roff.text
  }

  private mutating func title(_ name: String, source: String) {
    text += ".TH \"\(name.uppercased())\" 1 \"\" \"\(source)\" \"nnx\"\n"
  }

  private mutating func section(_ name: String) { text += ".SH \(name)\n" }

  private mutating func line(_ line: String) { text += Self.escaped(line) + "\n" }

  private mutating func item(_ head: String, _ body: String) {
    text += ".TP\n\\fB\(Self.escaped(head))\\fR\n"
    line(body.isEmpty ? " " : body)
  }

  /// Paragraphs; indented ones are commands and keep their lines.
  private mutating func paragraphs(_ body: String) {
    var isExample = false
    for line in body.split(separator: "\n", omittingEmptySubsequences: false) {
      let isIndented = line.hasPrefix(" ")
      if isIndented != isExample, !line.isEmpty {
        text += isIndented ? ".PP\n.nf\n" : ".fi\n.PP\n"
        isExample = isIndented
      }
      if line.isEmpty {
        if !isExample { text += ".PP\n" }
      } else {
        text += Self.escaped(String(line)) + "\n"
      }
    }
    if isExample { text += ".fi\n" }
  }

  private static func escaped(_ text: String) -> String {
    let escaped = text.replacing("\\", with: "\\e").replacing("-", with: "\\-")
    let isMacro = escaped.hasPrefix(".") || escaped.hasPrefix("'")
    return isMacro ? "\\&" + escaped : escaped
  }
}
