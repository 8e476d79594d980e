import NNXSystem

/// What an error code means, why it happens and what to do: the pages of `nnx explain`.
///
/// docs/errors.md is written from them; a test compares them with the codes in the sources.
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

  init(_ code: String, exit: [Int], meaning: String, why: String, advice: [String]) {
    self.code = code
    self.exit = exit
    self.meaning = meaning
    self.why = why
    self.advice = advice
  }

  /// All pages, by what they are about.
  static let chapters: [(title: String, pages: [ErrorPage])] = [
    ("General", general), ("Names and registries", registry), ("Network", network),
    ("Archives and packs", archives), ("Models and checkpoints", models),
    ("Images and results", images), ("Store, locks and settings", store),
  ]

  static let all = chapters.flatMap(\.pages)

  /// The page as people read it.
  func lines(width: Int) -> [String] {
    let statuses = exit.map(String.init).joined(separator: " or ")
    return ["\(code)   exit status \(statuses)", ""] + FieldList.wrap(meaning, width)
      + FieldList.wrap(why, width) + [""]
      + advice.flatMap { advice in
        FieldList.wrap(advice, width - 4).enumerated().map { ($0 == 0 ? "  - " : "    ") + $1 }
      }
  }

  var json: OrderedJSON {
    [
      "code": .string(code), "exit": OrderedJSON(exit), "meaning": .string(meaning),
      "why": .string(why), "advice": OrderedJSON(advice),
    ]
  }

  /// All pages as docs/errors.md.
  static var markdown: String {
    var text = """
      # Errors

      Every message begins with a code: `error[unknown-model]: …`. This page has them all; so does
      `nnx explain CODE`. Exit statuses are those of [exit-codes.md](exit-codes.md). Written by
      `nnx explain --markdown`.

      """
    for chapter in chapters {
      text += "\n## \(chapter.title)\n"
      for page in chapter.pages {
        let statuses = page.exit.map(String.init).joined(separator: " or ")
        text += "\n### `\(page.code)`\n\nExit status \(statuses). \(page.meaning) \(page.why)\n\n"
        text += page.advice.map { "- \($0)\n" }.joined()
      }
    }
    return text
  }
}
