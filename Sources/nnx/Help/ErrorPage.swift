import NNXSystem

/// What an error code means, why it happens and what to do: a section of docs/errors.md, which the
/// binary carries.
struct ErrorPage {
  let code: String
  /// Exit statuses that the code leads to.
  let exit: [Int]
  /// One sentence: what happened.
  let meaning: String
  /// How that comes about.
  let why: String
  /// What the reader can do, one line each.
  let advice: [String]

  /// All pages, in the document's order.
  static let all = Resource.errors.text.pieces(between: "\n### `").dropFirst()
    .compactMap(ErrorPage.init(section:))

  /// - Parameter section: what follows the mark of its heading: the code, a paragraph (the exit status, one
  ///   sentence on what happened, then why) and a list of what to do. Anything else is no page.
  private init?(section: Substring) {
    let lines = section.split(separator: "\n")
    let sentences = lines.dropFirst().first?.pieces(between: ". ") ?? []
    guard sentences.count >= 3, let code = lines.first?.split(separator: "`").first else {
      return nil
    }
    self.code = String(code)
    exit = sentences[0].split(separator: " ").compactMap { Int($0) }
    meaning = sentences[1] + "."
    why = sentences[2...].joined(separator: ". ")
    advice = lines.filter { $0.hasPrefix("- ") }.map { String($0.dropFirst(2)) }
  }

  private var statuses: [String] { exit.map(String.init) }

  /// Code, exit statuses and meaning, as a line of the list of all.
  var row: [String] { [code, statuses.joined(separator: ","), meaning] }

  /// The page as people read it.
  func lines(width: Int) -> [String] {
    ["\(code)   exit status \(statuses.joined(separator: " or "))", ""]
      + FieldList.wrap(meaning, width) + FieldList.wrap(why, width) + [""]
      + advice.flatMap { advice in
        FieldList.wrap(advice, width - 4).enumerated().map { ($0 == 0 ? "  - " : "    ") + $1 }
      }
  }

  var json: Members {
    [
      "code": code, "exit": exit, "meaning": meaning,
      "why": why, "advice": advice,
    ]
  }
}
