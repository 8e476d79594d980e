import ArgumentParser
import NNXSystem

/// A page for `man`, made from what `--help` says (man(7)).
struct ManualPage {
  /// `nnx`, `nnx-list`, `nnx-cache-ls`.
  let name: String
  /// The page in roff.
  let text: String

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
    var roff = Roff()
    roff.title(name, source: "nnx \(Version.current)")
    roff.section("NAME")
    roff.line("\(name) - \(configuration.abstract)")
    roff.section("SYNOPSIS")
    roff.paragraphs("  " + (configuration.usage ?? "\(words.joined(separator: " ")) <command> ..."))
    if !configuration.discussion.isEmpty {
      roff.section("DESCRIPTION")
      roff.paragraphs(configuration.discussion)
    }
    if !configuration.aliases.isEmpty {
      roff.section("ALIASES")
      roff.line(configuration.aliases.joined(separator: ", "))
    }
    let subcommands = configuration.subcommands
    if !subcommands.isEmpty {
      roff.section("COMMANDS")
      for subcommand in subcommands {
        roff.item(subcommand._commandName, subcommand.configuration.abstract)
      }
    }
    let arguments = Self.arguments(of: command)
    if !arguments.isEmpty {
      roff.section("ARGUMENTS AND OPTIONS")
      for argument in arguments { roff.item(argument.head, argument.text) }
    }
    roff.section("EXIT STATUS")
    roff.line("0 done; 1 the answer is no; 64 wrong usage. All others: nnx explain.")
    roff.section("SEE ALSO")
    roff.line(
      words.count > 1
        ? "nnx(1)" : subcommands.map { "nnx-\($0._commandName)(1)" }.joined(separator: ", "))
    text = roff.text
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

/// Text with the macros of man(7).
private struct Roff {
  private(set) var text = ""

  mutating func title(_ name: String, source: String) {
    text += ".TH \"\(name.uppercased())\" 1 \"\" \"\(source)\" \"nnx\"\n"
  }

  mutating func section(_ name: String) { text += ".SH \(name)\n" }

  mutating func line(_ line: String) { text += Self.escaped(line) + "\n" }

  mutating func item(_ head: String, _ body: String) {
    text += ".TP\n\\fB\(Self.escaped(head))\\fR\n"
    line(body.isEmpty ? " " : body)
  }

  /// Paragraphs; indented ones are commands and keep their lines.
  mutating func paragraphs(_ body: String) {
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
