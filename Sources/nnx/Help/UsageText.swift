import NNXStore
import NNXSystem

/// What the parser says about a command line, as an error like all others.
struct UsageText {
  private var message: String
  private var lines: [String]

  /// - Parameters:
  ///   - text: the parser's message, with its usage below.
  ///   - arguments: of the command line.
  init(_ text: String, _ arguments: [String] = CommandLine.arguments) {
    lines = text.split(separator: "\n").map { line in String(line.drop { $0 == " " }) }
    message = lines.isEmpty ? "wrong usage" : lines.removeFirst()
    if message.hasPrefix("Error: ") { message.removeFirst("Error: ".count) }
    message = message.prefix(1).lowercased() + message.dropFirst()
    keepLikelySuggestion()
    if let answer = quoted(after: "unknown option '").flatMap(ForeignFlag.answer) {
      message = answer
    }
    // The parser takes -1 for a flag.
    if let flag = quoted(after: "missing value for '")?.prefix(while: { $0 != " " }),
      let place = arguments.firstIndex(of: String(flag)), place + 1 < arguments.count,
      arguments[place + 1].hasPrefix("-"), Double(arguments[place + 1]) != nil
    {
      message = "\(flag) takes no negative number: \(arguments[place + 1])"
    }
  }

  var error: NNXError {
    NNXError(
      .usage, message, details: lines.filter { !$0.hasPrefix("See ") },
      fixes: lines.filter { $0.hasPrefix("See ") })
  }

  /// The parser proposes flags that share two or three letters; only a slip of the hand is meant.
  private mutating func keepLikelySuggestion() {
    let opening = ". Did you mean '"
    guard let typed = quoted(after: "unknown option '"), let near = quoted(after: opening),
      editDistance(typed, near) > max(1, min(2, typed.count / 4)),
      let start = message.firstPlace(of: opening)?.lowerBound
    else { return }
    message = String(message[..<start])
  }

  /// What stands between a text and the next quotation mark.
  private func quoted(after opening: String) -> String? {
    message.firstPlace(of: opening).map { String(message[$0.upperBound...].prefix { $0 != "'" }) }
  }
}
