import NNXPredict
import NNXSystem
import NNXTensor

/// What is to be submitted, reckoned from the cohort's headers.
struct SubmitJob {
  let file: JobFile
  private let forecast: CohortForecast

  /// Cores of a worker where nobody says: more than eight threads wait for each other too much.
  private static let cores = 8

  /// Reads the headers, makes the folder of logs and writes the list of the cohort.
  ///
  /// - Throws: `usage` for a single image, and for limits below the largest case; what finding model and images throws;
  ///   `cannot-write`.
  init(_ options: SubmitOptions, _ context: Context) throws {
    var options = options
    let cores = options.prediction.threading.threads ?? Self.cores
    options.prediction.threading.threads = cores
    let allowed = Set(options.allow)
    try options.extras.check(options.prediction.publisher)
    var ready = try Prediction(
      options.prediction, context, rawSettings: options.extras.rawSettings(false),
      companions: options.extras.companions
    ) {
      $0.allowed = allowed
      options.extras.configure(&$0)
    }
    let targets = try OutputPaths(
      options.output, cases: ready.cases, inputs: options.prediction.input,
      ending: options.extras.ending)
    try options.extras.check(targets)
    guard let folder = targets.folder else {
      throw NNXError(
        .usage, "one image is no cohort to submit",
        fixes: ["Predict it: nnx predict \(options.prediction.model) IMAGE", "Or give a folder"])
    }
    if ready.cases.count > 1 {
      ready.cases = ready.predictor.withoutClashes(ready.cases, targets)
    }
    try ready.predictor.checkOutputs(ready.cases, targets)
    for remark in ready.remarks.prefix(4) { context.output.note("note: \(remark)") }
    forecast = try CohortForecast(
      ready.forecast, ready.cases, targets, here: .all, progress: context.progressBar.handler)
    context.progressBar.finish()
    for problem in forecast.problems.prefix(5) {
      context.output.note("note: \(problem.name): \(problem.error.message)")
    }
    let request = try JobRequest(
      forecast,
      JobRequest.Wish(
        workers: options.workers, memory: options.mem?.bytes, minutes: options.time?.minutes))
    try Folder.create(folder)
    try CohortList(options.prediction, ready.cases, targets)?.write(to: folder)
    file = JobFile(
      command: SubmitOptions.workerCommand(
        CommandWords(Array(CommandLine.arguments.dropFirst())).arguments,
        program: ProcessFacts.executablePath ?? "nnx"),
      folder: Folder.absolute("."), results: Folder.absolute(folder),
      name: options.prediction.model, request: request)
    try Folder.create(file.logs)
  }

  var json: Members {
    let request = file.request
    return [
      "cases": forecast.left.count, "done": forecast.done, "unreadable": forecast.problems.count,
      "workers": request.workers, "cores": request.cores, "memoryMB": request.memory,
      "minutes": request.minutes, "restarts": request.restarts, "logs": file.logs,
      "arithmetic": request.arithmetic,
    ]
  }

  /// Prints the file, or with `--json` the file among its numbers.
  func show(_ text: String, _ context: Context) {
    guard !context.output.isJSON else {
      return context.output.json("submit", json + ["file": text])
    }
    // A file for a program, byte for byte: what it quotes was quoted for that program.
    writeToStdout(text)
  }
}
