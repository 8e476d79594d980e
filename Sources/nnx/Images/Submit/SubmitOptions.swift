import ArgumentParser
import NNXPredict
import NNXSystem

/// What of a cohort is submitted, and what its workers get: the same for all engines.
struct SubmitOptions: ParsableArguments {
  @OptionGroup var prediction: PredictionOptions

  @Option(name: .shortAndLong, help: ArgumentHelp("Folder for the results.", valueName: "dir"))
  var output: String

  @Option(
    help: ArgumentHelp(
      "Workers (default: as the work is worth, up to 32).", valueName: "count"))
  var workers: Int?

  @Option(
    help: ArgumentHelp(
      "Time of each worker, as 90m, 4h or 1-12:00:00 (default: from the estimate).",
      valueName: "time"))
  var time: JobTime?

  @Option(
    help: ArgumentHelp(
      "Memory of each worker, as 16G (default: from the estimate).", valueName: "size"))
  var mem: ByteCount?

  @Flag(help: "Workers try cases again that failed for good.")
  var retryFailed = false

  @Option(
    help: ArgumentHelp(
      "Go on, with a warning, where nnx refuses: units, non-finite, uneven, tilt or frames.",
      valueName: "what"))
  var allow: [Predictor.Allowance] = []

  @OptionGroup var memory: MemoryOption
  @OptionGroup var extras: PredictExtras

  func validate() throws {
    guard (1...10_000).contains(workers ?? 1) else {
      throw ValidationError("--workers must be from 1 to 10000")
    }
    guard mem?.bytes ?? 1 > 0 else { throw ValidationError("--mem must be above 0") }
  }

  /// Options that are for the engine, and whether they take a value: all others are for `nnx predict`.
  static let own: [String: Bool] = [
    "--workers": true, "--time": true, "--mem": true, "--partition": true, "--account": true,
    "--image": true, "--volume": true, "--threads": true, "--now": false, "--json": false,
    "--quiet": false, "-q": false, "--progress": true, "--no-color": false,
  ]

  /// The command of a worker, `nnx predict …`, from the words of this one.
  ///
  /// - Parameters:
  ///   - words: of the command line, `submit` and the engine first.
  ///   - program: path of nnx.
  static func workerCommand(_ words: [String], program: String) -> [String] {
    [program, "predict"]
      + CohortList.without(Array(words.drop { $0 == "submit" }.dropFirst()), own)
  }
}

extension JobTime: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}
