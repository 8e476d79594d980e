import Foundation
import NNXSystem
import TestSupport
import Testing

/// What holds for every command: help that fits, envelopes, aliases, manual pages, completions.
@Suite struct SurfaceTests {
  private struct Command {
    var words: [String]
    var aliases: [String]
    var isLeaf: Bool
  }

  /// Every command, as the parser describes itself.
  private static let commands: [Command] = {
    let dump = try? Binary().run("--experimental-dump-help")
    let json = dump.flatMap { try? OrderedJSON(parsing: Array($0.output.utf8), source: "help") }
    func walk(_ command: OrderedJSON, _ above: [String]) -> [Command] {
      (command["subcommands"]?.array ?? []).flatMap { child -> [Command] in
        guard let name = child["commandName"]?.string, name != "help" else { return [] }
        let words = above + [name]
        let below = walk(child, words)
        let aliases = child["aliases"]?.array?.compactMap(\.string) ?? []
        return [Command(words: words, aliases: aliases, isLeaf: below.isEmpty)] + below
      }
    }
    return walk(json?["command"] ?? .null, [])
  }()

  @Test func everyHelpFits80Columns() throws {
    #expect(Self.commands.count > 15)
    for command in Self.commands {
      let help = try Shelf().run(command.words + ["--help"])
      #expect(help.status == 0)
      for line in help.output.split(separator: "\n") where line.count > 80 {
        Issue.record("nnx \(command.words.joined(separator: " ")) --help: \(line)")
      }
    }
  }

  @Test func everyVerbAnswersWrongUsageWithAnEnvelope() throws {
    for command in Self.commands where command.isLeaf {
      let outcome = try Shelf().run(command.words + ["--json", "--no-such-flag"])
      #expect(outcome.status == 64, "\(command.words)")
      let answer = try OrderedJSON(parsing: Array(outcome.output.utf8), source: "\(command.words)")
      #expect(answer["schema"]?.string == "nnx.\(command.words[0])/1", "\(command.words)")
      #expect(answer["ok"]?.bool == false)
      #expect(answer["error"]?["exit"]?.int == 64)
    }
  }

  /// Verbs with arguments that work on a shelf with the demo.
  private static let working: [(String, [String])] = [
    ("list", ["list"]), ("list", ["list", "-a"]), ("search", ["search", "liver"]),
    ("info", ["info", "demo-ct"]), ("path", ["path", "demo-ct"]), ("cite", ["cite", "demo-ct"]),
    ("outdated", ["outdated"]), ("upgrade", ["upgrade", "demo-ct"]),
    ("explain", ["explain", "usage"]), ("completions", ["completions", "bash"]),
    ("man", ["man", "list"]), ("install", ["install", "demo-ct"]),
    ("install", ["install", "demo-ct", "--dry-run"]),
    ("uninstall", ["uninstall", "demo-ct", "--dry-run"]),
  ]

  @Test func verbsAnswerWithTheirSchema() throws {
    let shelf = try Shelf()
    try #require(try shelf.run("install", "demo-ct", "-q").status == 0)
    for (schema, arguments) in Self.working {
      _ = try shelf.data(arguments, schema: "nnx.\(schema)/1")
    }
  }

  @Test(arguments: [
    ("ls", "list"), ("show", "info"), ("rm", "uninstall"), ("add", "install"), ("pull", "install"),
    ("run", "predict"), ("segment", "predict"),
  ])
  func aliasesAreTheVerb(alias: String, verb: String) throws {
    let nnx = Binary()
    #expect(try nnx.run(alias, "--help").output == nnx.run(verb, "--help").output)
    let outcome = try nnx.run(alias, "--json", "--no-such-flag")
    #expect(outcome.output.contains("\"nnx.\(verb)/1\""))
  }

  @Test func everyCommandHasAManualPage() throws {
    let shelf = try Shelf()
    let folder = shelf.home + "/man1"
    #expect(try shelf.run("man", "--install", folder).status == 0)
    let pages = Set(try FileManager.default.contentsOfDirectory(atPath: folder))
    for command in Self.commands {
      #expect(pages.contains((["nnx"] + command.words).joined(separator: "-") + ".1"))
    }
    let page = try shelf.run("man", "list").output
    #expect(page.hasPrefix(".TH \"NNX-LIST\" 1"))
    #expect(page.contains("\\fB\\-\\-available, \\-a\\fR") || page.contains("\\-\\-available"))
    #expect(try shelf.run("man", "nothing").status == 64)
  }

  @Test func shellsCompleteModelNames() throws {
    let shelf = try Shelf()
    try #require(try shelf.run("install", "demo-ct", "-q").status == 0)
    for shell in ["bash", "zsh", "fish"] {
      let script = try shelf.run("completions", shell)
      #expect(script.status == 0)
      #expect(script.output.contains("nnx"))
    }
    #expect(try shelf.run("completions", "tcsh").status == 64)
    // What the scripts ask nnx for.
    let installed = try shelf.run(
      "---completion", "path", "--", "positional@0", "1", "0", "nnx", "path", "")
    #expect(installed.output.split(separator: "\n").contains("demo-ct"), "\(installed)")
    let known = try shelf.run(
      "---completion", "info", "--", "positional@0", "1", "0", "nnx", "info", "")
    #expect(known.output.split(separator: "\n").contains("liver2-ct"), "\(known)")
  }
}
