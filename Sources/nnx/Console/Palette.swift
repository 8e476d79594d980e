import NNXSystem

/// Colours of what people read on a terminal: the one place that writes them. Without colours it gives
/// texts back as they are.
struct Palette: Sendable {
  /// What a text is, not how it looks.
  enum Ink: Sendable, Equatable {
    case bad, caution, good, faint, strong
    /// Red, green and blue, 0 to 255.
    case rgb([Int])
  }

  enum Depth: Sendable {
    case none
    /// The 256 colours of xterm.
    case indexed
    /// 24 bits.
    case full
  }

  let depth: Depth

  static let plain = Palette(depth: .none)

  init(depth: Depth) { self.depth = depth }

  /// - Parameters:
  ///   - terminal: that the text goes to.
  ///   - isForbidden: whether `--no-color` was given.
  init(_ terminal: Terminal, environment: [String: String], isForbidden: Bool) {
    guard terminal.usesColor(environment: environment, isForbidden: isForbidden) else {
      self = .plain
      return
    }
    let isFull = ["truecolor", "24bit"].contains(environment["COLORTERM"]?.lowercased())
    depth = isFull ? .full : .indexed
  }

  func paint(_ text: String, _ ink: Ink?) -> String {
    guard depth != .none, let ink, !text.isEmpty else { return text }
    return "\u{1B}[\(code(ink))m\(text)\u{1B}[0m"
  }

  /// A text without what a terminal would obey (`String.printableLine`), except colours where there are some.
  func printable(_ text: String) -> String {
    guard depth != .none, text.contains("\u{1B}[") else { return text.printableLine }
    return text.pieces(between: "\u{1B}[").enumerated().map {
      index, part in
      guard index > 0,
        let end = part.firstIndex(where: { !$0.isASCII || !($0.isNumber || $0 == ";") }),
        part[end] == "m"
      else { return (index > 0 ? "\u{1B}[" + part : String(part)).printableLine }
      let start = part.index(after: end)
      return "\u{1B}[" + part[..<start] + String(part[start...]).printableLine
    }.joined()
  }

  /// What is painted in a label's colour to show it.
  static let spot = "\u{25A0}"

  /// Parameters of SGR (ECMA-48).
  private func code(_ ink: Ink) -> String {
    switch ink {
    case .bad: return "1;31"
    case .caution: return "33"
    case .good: return "32"
    case .faint: return "2"
    case .strong: return "1"
    case .rgb(let rgb):
      let parts = (rgb + [0, 0, 0]).prefix(3).map { min(255, max(0, $0)) }
      guard depth == .full else { return "38;5;\(Palette.index(parts))" }
      return "38;2;" + parts.map(String.init).joined(separator: ";")
    }
  }

  /// The nearest colour of xterm's cube of 6 x 6 x 6, whose steps are 0, 95, 135, 175, 215, 255.
  private static func index(_ rgb: [Int]) -> Int {
    let steps = [0, 95, 135, 175, 215, 255]
    func nearest(_ value: Int) -> Int {
      steps.indices.min { abs(steps[$0] - value) < abs(steps[$1] - value) } ?? 0
    }
    return 16 + rgb.reduce(0) { $0 * 6 + nearest($1) }
  }
}
