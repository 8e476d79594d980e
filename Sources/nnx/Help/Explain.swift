import ArgumentParser
import NNXStore
import NNXSystem

struct Explain: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Explain an error code: what it means, why, what to do.",
    usage: "nnx explain [<code>]",
    discussion: """
      Codes stand in brackets at the beginning of each message.

        nnx explain host-refused
        nnx explain 76
      """)

  @Argument(
    help: "Code of an error, or an exit status; without one, all codes.",
    completion: .list(ErrorPage.all.map(\.code)))
  var code: String?

  @Flag(help: .hidden)
  var markdown = false

  @OptionGroup var global: GlobalOptions

  func run() throws {
    let context = try Context(global)
    guard !markdown else { return writeToStdout(Resource.errors.text) }
    let pages = try self.pages()
    var table = Table([.left("CODE"), .left("EXIT"), .left("MEANING")], width: context.width)
    for page in pages { table.add(page.row) }
    context.output.answer(
      "explain", ["pages": pages.map(\.json)], quiet: pages.map(\.code),
      text: pages.count == 1 ? pages[0].lines(width: context.width) : table.lines)
  }

  private func pages() throws(NNXError) -> [ErrorPage] {
    guard var code = code?.lowercased() else { return ErrorPage.all }
    // People paste what they see: `error[unknown-model]:`.
    if let open = code.firstIndex(of: "["), let close = code.firstIndex(of: "]"), open < close {
      code = String(code[code.index(after: open)..<close])
    }
    let status = Int(code)
    let found = ErrorPage.all.filter { $0.code == code || status.map($0.exit.contains) ?? false }
    guard found.isEmpty else { return found }
    let close = ErrorPage.all.map { ($0.code, editDistance($0.code, code)) }
      .filter { $0.1 <= max(2, code.count / 3) || $0.0.contains(code) }
      .sorted { ($0.1, $0.0) < ($1.1, $1.0) }.prefix(3).map(\.0)
    throw NNXError(
      .unexplained, "no error has the code '\(code.excerpt)'",
      details: close.isEmpty ? [] : ["Close codes: \(close.joined(separator: ", "))"],
      fixes: ["See all codes with: nnx explain"])
  }
}

extension NNXError.Code {
  static let unexplained = NNXError.Code("unknown-code", .notFound)
}
