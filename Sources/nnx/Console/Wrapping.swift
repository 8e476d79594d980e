/// Lines broken at spaces, so that a terminal does not break them inside words.
enum Wrapping {
  /// What a line ends with that people copy: it stays in one piece.
  private static let commands = [
    "nnx ", "export ", "unset ", "apt-get ", "dcm2niix ", "segimage2itkimage ", "eval ", "man ",
  ]

  /// - Parameters:
  ///   - text: one line or several; the spaces a line begins with are kept for what follows it, and
  ///     some more.
  ///   - width: columns; words that are longer stay whole, and so do commands.
  ///   - deeper: spaces that what follows a line has more.
  static func lines(_ text: String, _ width: Int, deeper: Int = 2) -> [String] {
    text.split(separator: "\n", omittingEmptySubsequences: false).flatMap {
      wrapped(String($0), width, String(repeating: " ", count: deeper))
    }
  }

  private static func wrapped(_ line: String, _ width: Int, _ more: String) -> [String] {
    guard line.count > width else { return [line] }
    let indent = String(line.prefix { $0 == " " })
    let body = line.dropFirst(indent.count)
    if commands.contains(where: { body.hasPrefix($0) }) { return [line] }
    let deeper = indent + more
    if let start = commandStart(body) {
      let head = String(body[..<start]).withoutTrailingSpaces
      return wrapped(indent + head, width, more) + [deeper + body[start...]]
    }
    var lines: [String] = []
    var current = indent
    for word in body.split(separator: " ") {
      let isFirst = current.allSatisfy { $0 == " " }
      if !isFirst, current.count + 1 + word.count > width {
        lines.append(current)
        current = deeper + word
      } else {
        current += (isFirst ? "" : " ") + word
      }
    }
    return lines + [current]
  }

  /// Where a command begins that ends the line: after a colon.
  private static func commandStart(_ body: Substring) -> Substring.Index? {
    var rest = body
    while let colon = rest.firstIndex(of: ":") {
      let after = rest[rest.index(after: colon)...].drop { $0 == " " }
      if commands.contains(where: { after.hasPrefix($0) }) { return after.startIndex }
      rest = rest[rest.index(after: colon)...]
    }
    return nil
  }
}
