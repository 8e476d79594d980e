import ArgumentParser
import NNXPredict
import NNXStore
import NNXSystem
import NNXTensor

/// Flags that every command understands.
struct GlobalOptions: ParsableArguments {
  @Flag(help: "Answer with one JSON object on stdout.")
  var json = false

  @Flag(name: .shortAndLong, help: "Say only what was asked for.")
  var quiet = false

  @Flag(name: .shortAndLong, help: "Say more on stderr; twice for details.")
  var verbose: Int

  @Option(
    help: ArgumentHelp(
      "How to show progress on stderr: auto, plain, json or none.", valueName: "style"))
  var progress: ProgressBar.Style?

  @Flag(help: "Use no colours.")
  var noColor = false

  @Flag(name: [.customShort("y"), .long], help: "Answer yes to every question.")
  var yes = false

  @Option(help: ArgumentHelp("Folder that holds models and cache.", valueName: "dir"))
  var store: String?

  @Option(
    help: ArgumentHelp(
      "Registry to use, by file or address; may be repeated.", valueName: "registry"))
  var registry: [String] = []

  @Flag(help: "Use no network.")
  var offline = false

  /// What of these are settings, by key.
  var settings: [String: SettingValue] {
    var values: [String: SettingValue] = [:]
    if let store { values[Setting.store.key] = .text(store) }
    if !registry.isEmpty { values[Setting.registry.key] = .list(registry) }
    if offline { values[Setting.offline.key] = .bool(true) }
    if let progress { values[Setting.progress.key] = .text(progress.rawValue) }
    if verbose > 0 { values[Setting.log.key] = .text(verbose > 1 ? "debug" : "info") }
    return values
  }
}

extension ProgressBar.Style: ExpressibleByArgument {}

/// What a command needs of the world around it, made once.
struct Context {
  let environment: [String: String]
  /// Flags, environment and files together.
  let settings: Settings
  let output: Output
  let progressBar: ProgressBar
  /// Columns of the terminal that answers go to.
  let width: Int
  /// Columns that tables keep to: none are lost where no terminal limits them.
  let tableWidth: Int
  /// Colours of answers on stdout.
  let palette: Palette
  /// Whether stdout and stderr are a terminal: what one of them says, the other need not.
  let isWatched: Bool
  private let options: GlobalOptions

  /// Whether the network is not to be used.
  var isOffline: Bool { settings.isOffline }

  /// - Parameter readsFiles: whether files of settings count.
  /// - Throws: `invalid-setting`, `unknown-setting` when variables or files cannot be right.
  init(_ options: GlobalOptions, readsFiles: Bool = true) throws {
    self.options = options
    environment = processEnvironment()
    settings = try Settings(
      flags: options.settings, environment: environment,
      files: readsFiles ? SettingsFile.paths(environment: environment) : [])
    let answers = Terminal(descriptor: 1, environment: environment)
    width = min(100, answers.width)
    let isMeasured = answers.isInteractive || environment["COLUMNS"] != nil
    tableWidth = isMeasured ? width : .max
    palette = Palette(answers, environment: environment, isForbidden: options.noColor)
    output = Output(
      isJSON: options.json, isQuiet: options.quiet, level: settings.log, palette: palette,
      remarks: RemarkWriter(environment: environment, isForbidden: options.noColor))
    let style = ProgressBar.Style(rawValue: settings.progress) ?? .auto
    let remarks = Terminal(descriptor: 2, environment: environment)
    isWatched = answers.isInteractive && remarks.isInteractive
    progressBar = ProgressBar(options.quiet ? .none : style, terminal: remarks)
    ReadingNotes.begin(output, progressBar)
  }

  /// The store that flags, environment, settings or the home folder name.
  func store() throws -> Store {
    var location = try StoreLocation(environment: environment, override: settings.store)
    location.shared = settings.stores
    return Store(location)
  }

  /// Threads to compute with where no flag says how many.
  var threads: Threads { settings.threads.map { Threads($0) } ?? .all }

  /// What is known of the kernels on this machine, in the cache.
  func kernelChecks() throws -> KernelCheckCache {
    KernelCheckCache(folder: try store().location.kernelChecks)
  }

  /// The registries that flags, environment or settings name, else the one nnx came with and those
  /// that were added.
  func openRegistry() throws -> Registry {
    try registryShelf().open(named: settings.registries, onNote: output.note)
  }

  /// Asks a yes-or-no question on the terminal.
  ///
  /// - Parameter assumed: what Enter means.
  /// - Returns: the answer; `true` with `--yes`; where there is nobody to ask what waits on standard
  ///   input, and `nil` when that is no answer.
  func confirm(_ question: String, assumed: Bool = true) -> Bool? {
    if options.yes { return true }
    guard !output.isJSON, !output.isQuiet, Terminal.canAsk(environment) else {
      // An answer may have been sent beforehand: echo n | nnx install …
      return WaitingInput.firstLine().flatMap(Self.answer)
    }
    progressBar.finish()
    while true {
      output.ask("\(question) [\(assumed ? "Y/n" : "y/N")]")
      // The end of the input is no answer, and no is the safe one.
      guard let line = readLine() else { return false }
      if line.isEmpty { return assumed }
      if let answer = Self.answer(line) { return answer }
    }
  }

  private static func answer(_ line: String) -> Bool? {
    switch line.lowercased() {
    case "y", "yes": true
    case "n", "no": false
    default: nil
    }
  }
}
