import NNXPredict
import NNXSystem

extension CohortList {
  /// The list of a cohort as the command line names it; `nil` where results lie in no folder.
  init?(_ options: PredictionOptions, _ cases: [Case], _ targets: OutputPaths) {
    self.init(
      model: options.model, inputs: options.input, filters: options.bids,
      command: Self.command(CommandWords(Array(CommandLine.arguments.dropFirst())).arguments),
      cases, targets)
  }

  /// What of a command is of this one run or worker and not of the cohort, and whether it takes a value.
  private static let ofOneRun: [String: Bool] = [
    "--claim": false, "--retry-failed": false, "--wait": false, "--no-wait": false,
    "--stale": true, "--overwrite": false, "--fail-fast": false, "--dry-run": false,
    "--threads": true, "--max-memory": true, "--json": false, "--quiet": false, "-q": false,
    "--progress": true, "--no-color": false, "--log": true,
  ]

  /// `predict …` as others may go on with it, from the words of `predict` or `submit`; none of other verbs.
  ///
  /// - Parameter words: behind the name of the program.
  static func command(_ words: [String]) -> [String] {
    switch words.first {
    case "predict": return without(words, ofOneRun)
    case "submit":
      let worker = SubmitOptions.workerCommand(words, program: "nnx")
      return without(Array(worker.dropFirst()), ofOneRun)
    default: return []
    }
  }

  /// Words without some options and their values.
  ///
  /// - Parameter options: whether each takes a value.
  static func without(_ words: [String], _ options: [String: Bool]) -> [String] {
    var kept: [String] = []
    var rest = words[...]
    while let word = rest.popFirst() {
      if word == "--" { return kept + [word] + rest }
      let name = String(word.prefix { $0 != "=" })
      guard let takesValue = options[name] else {
        kept.append(word)
        continue
      }
      if takesValue, name == word { _ = rest.popFirst() }
    }
    return kept
  }
}
