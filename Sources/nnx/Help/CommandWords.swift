import ArgumentParser
import NNXStore
import NNXSystem

/// The command line before it is parsed: which verb it means, and global flags put where the parser
/// looks for them.
struct CommandWords {
  /// The arguments, with flags that stood before the verb moved to the end: `nnx --json list`.
  let arguments: [String]
  /// The first word, as it was typed; `nil` when there is none.
  let verb: String?

  /// Global options that take a value.
  private static let valued = ["--store", "--registry", "--progress"]
  /// What other programs call our verbs.
  private static let synonyms = [
    "delete": "uninstall", "download": "install", "get": "install", "fetch": "install",
    "update": "upgrade", "inference": "predict", "infer": "predict", "find": "search",
    "bibtex": "cite", "check": "verify", "where": "path", "models": "list", "describe": "info",
  ]

  /// Words of other programs that need no verb here.
  private static let answers = [
    "self": "nnx is one file: put a newer one in its place",
    "init": "nothing has to be prepared: nnx install NAME, then nnx predict NAME IMAGE",
    "login": "no account is needed; ZENODO_TOKEN is read where Zenodo wants one",
  ]

  /// - Parameter arguments: without the name of the program.
  init(_ arguments: [String]) {
    let arguments = Self.asksForVersion(arguments) ? ["--version"] : arguments
    var rest = arguments[...]
    var moved: [String] = []
    while let word = rest.first, word.hasPrefix("-"), !Self.belongsToRoot(word) {
      moved.append(rest.removeFirst())
      if Self.valued.contains(word), let value = rest.popFirst() { moved.append(value) }
    }
    guard let verb = rest.first, !verb.hasPrefix("-") else {
      self.arguments = arguments
      self.verb = nil
      return
    }
    self.verb = verb
    let end = rest.firstIndex(of: "--") ?? rest.endIndex
    self.arguments = Array(rest[..<end]) + moved + Array(rest[end...])
  }

  /// What else people type to learn the version.
  private static func asksForVersion(_ arguments: [String]) -> Bool {
    arguments.count == 1 && ["-v", "-V", "version", "-version"].contains(arguments[0])
  }

  /// Flags of `nnx` itself, and those that the parser answers.
  private static func belongsToRoot(_ word: String) -> Bool {
    ["-h", "--help", "--version", "--help-hidden", "--experimental-dump-help"].contains(word)
      || word.hasPrefix("--generate-completion-script") || word.hasPrefix("---")
  }

  /// Where what goes wrong is said.
  var remarks: RemarkWriter {
    RemarkWriter(
      environment: processEnvironment(), isForbidden: arguments.contains("--no-color"))
  }

  var wantsJSON: Bool { arguments.prefix { $0 != "--" }.contains("--json") }

  /// The name of the verb, aliases resolved, for the schema of an answer: `list` for `ls`.
  var schemaName: String {
    guard let verb else { return "nnx" }
    let command = NNX.configuration.subcommands.first {
      $0._commandName == verb
        || $0.configuration.aliases.contains(verb)
    }
    return command.map { $0._commandName } ?? "nnx"
  }

  /// Refuses words that are no text: Swift mends them, and another file would be meant.
  ///
  /// - Throws: `usage`.
  static func checkText() throws(NNXError) {
    for (index, word) in CommandLine.arguments.enumerated() where word.contains("\u{FFFD}") {
      guard let bytes = unsafe CommandLine.unsafeArgv[index],
        unsafe String(validatingCString: bytes) == nil
      else { continue }
      throw NNXError(
        .usage, "the name '\(word.excerpt)' is not UTF-8, and nnx takes no others",
        fixes: [
          "Rename the file, or link to it under another name: ln -s FILE x.nii.gz",
          "Names of old systems, all at once: convmv -r -f latin1 -t utf8 FOLDER",
        ])
    }
  }

  /// Refuses a verb that there is not, with the nearest ones.
  ///
  /// - Throws: `usage`.
  func checkVerb() throws(NNXError) {
    guard let verb, verb != "help" else { return }
    let names = NNX.configuration.subcommands.flatMap {
      [$0._commandName] + $0.configuration.aliases
    }
    guard !names.contains(verb) else { return }
    let near = names.map { ($0, editDistance($0, verb)) }
      .filter { $0.1 <= max(1, min(2, verb.count / 2)) || (verb.count > 2 && $0.0.hasPrefix(verb)) }
      .sorted { ($0.1, $0.0) < ($1.1, $1.0) }.map(\.0)
    let close = (Self.synonyms[verb].map { [$0] } ?? []) + near
    let guess = close.isEmpty ? [] : ["Did you mean: \(close.prefix(3).joined(separator: ", "))"]
    throw NNXError(
      .usage, "nnx has no command '\(verb.excerpt)'",
      details: Self.answers[verb].map { [$0] } ?? guess,
      fixes: ["See all commands with: nnx --help"])
  }
}
