import ArgumentParser
import NNXSystem

struct Licenses: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "licenses",
    abstract: "Print the licences of what nnx is made with.",
    usage: "nnx licenses [--json]",
    discussion: """
      The licences of models are theirs, not nnx's: nnx info NAME.
      """)

  @OptionGroup var global: GlobalOptions

  func run() throws {
    let context = try Context(global)
    let sections = Resource.licenses.text.pieces(between: "\n## ").dropFirst().map { section in
      let lines = section.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
      let text = lines.count > 1 ? String(lines[1]).trimmed : ""
      return (name: String(lines[0]), text: text)
    }
    context.output.json(
      "licenses", ["parts": sections.map { ["name": $0.name, "text": $0.text] as Members }])
    let lines = Resource.licenses.text.split(separator: "\n", omittingEmptySubsequences: false)
    // Some have their margins made of tabs.
    context.output.columns(
      context.output.isQuiet ? sections.map(\.name) : lines.map(String.init))
  }
}

extension String {
  /// Without empty lines at both ends.
  fileprivate var trimmed: String {
    let lines = split(separator: "\n", omittingEmptySubsequences: false)
    let kept = lines.drop { $0.isEmpty }
    return kept.reversed().drop { $0.isEmpty }.reversed().joined(separator: "\n")
  }
}
