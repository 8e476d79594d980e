import ArgumentParser
import NNXSystem

/// A page for `man`, made from what `--help` says (man(7)).
struct ManualPage {
  /// `nnx`, `nnx-list`, `nnx-cache-ls`.
  let name: String
  private let blocks: [Block]

  /// What a page is made of.
  enum Block {
    case section(String)
    case line(String)
    /// Paragraphs; indented ones are commands and keep their lines.
    case paragraphs(String)
    case item(String, String)
  }

  /// The page for `man`.
  var text: String { Roff.text(name, blocks) }

  /// The page for a terminal.
  func lines(width: Int, _ palette: Palette) -> [String] {
    PlainPage.lines(blocks, width: width, palette)
  }

  /// A page for nnx and one for every command below it.
  static var all: [ManualPage] { pages(of: NNX.self, below: []) }

  private static func pages(
    of command: any ParsableCommand.Type, below parents: [String]
  ) -> [ManualPage] {
    let words = parents + [command._commandName]
    let below = command.configuration.subcommands.flatMap { pages(of: $0, below: words) }
    return [ManualPage(command, words)] + below
  }

  private init(_ command: any ParsableCommand.Type, _ words: [String]) {
    let configuration = command.configuration
    name = words.joined(separator: "-")
    var blocks: [Block] = []
    blocks.append(.section("NAME"))
    blocks.append(.line("\(name) - \(configuration.abstract)"))
    blocks.append(.section("SYNOPSIS"))
    blocks.append(
      .paragraphs(
        "  " + (configuration.usage ?? "\(words.joined(separator: " ")) <command> ...")))
    if !configuration.discussion.isEmpty {
      blocks.append(.section("DESCRIPTION"))
      blocks.append(.paragraphs(configuration.discussion))
    }
    if !configuration.aliases.isEmpty {
      blocks.append(.section("ALIASES"))
      blocks.append(.line(configuration.aliases.joined(separator: ", ")))
    }
    let subcommands = configuration.subcommands
    if !subcommands.isEmpty {
      blocks.append(.section("COMMANDS"))
      for subcommand in subcommands {
        blocks.append(.item(subcommand._commandName, subcommand.configuration.abstract))
      }
    }
    let arguments = Self.arguments(of: command)
    if !arguments.isEmpty {
      blocks.append(.section("ARGUMENTS AND OPTIONS"))
      let verb = words.count > 1 ? words[1] : ""
      for argument in arguments where HelpText.shows(argument.head, of: verb) {
        blocks.append(.item(argument.head, argument.text))
      }
    }
    blocks.append(.section("EXIT STATUS"))
    blocks.append(.line("0 done; 1 the answer is no; 64 wrong usage. All others: nnx explain."))
    blocks.append(.section("SEE ALSO"))
    blocks.append(
      .line(
        words.count > 1
          ? "nnx(1)" : subcommands.map { "nnx-\($0._commandName)(1)" }.joined(separator: ", ")))
    self.blocks = blocks
  }

  /// Names and explanations of the arguments, as the parser dumps them.
  private static func arguments(
    of command: any ParsableCommand.Type
  ) -> [(head: String, text: String)] {
    let dump = try? OrderedJSON(parsing: Array(command._dumpHelp().utf8), source: "help")
    return (dump?["command"]?["arguments"]?.array ?? []).compactMap { argument in
      guard argument["shouldDisplay"]?.bool == true else { return nil }
      let value = argument["valueName"]?.string ?? "value"
      let kind = argument["kind"]?.string
      let names = (argument["names"]?.array ?? []).compactMap { name in
        name["name"]?.string.map { (name["kind"]?.string == "short" ? "-" : "--") + $0 }
      }
      let head =
        kind == "positional"
        ? "<\(value)>"
        : names.joined(separator: ", ") + (kind == "option" ? " <\(value)>" : "")
      return (head, argument["abstract"]?.string ?? "")
    }
  }
}
