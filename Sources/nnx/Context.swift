import ArgumentParser
import NNXStore
import NNXSystem

/// Flags that every command understands.
struct GlobalOptions: ParsableArguments {
  @Flag(help: "Answer with one JSON object on stdout.")
  var json = false

  @Flag(name: .shortAndLong, help: "Say only what was asked for.")
  var quiet = false

  @Option(
    help: ArgumentHelp(
      "How to show progress on stderr: auto, plain, json or none.", valueName: "style"))
  var progress: ProgressBar.Style = .auto

  @Option(help: ArgumentHelp("Folder that holds models and cache.", valueName: "dir"))
  var store: String?

  @Option(help: ArgumentHelp("Registry file to use.", valueName: "file"))
  var registry: String?

  @Flag(help: "Use no network.")
  var offline = false
}

extension ProgressBar.Style: ExpressibleByArgument {}

/// What a command needs of the world around it, made once.
struct Context {
  let environment: [String: String]
  let output: Output
  let progressBar: ProgressBar
  /// Columns of the terminal that answers go to.
  let width: Int
  private let options: GlobalOptions

  /// Whether the network is not to be used.
  var isOffline: Bool { options.offline }

  init(_ options: GlobalOptions) {
    self.options = options
    environment = processEnvironment()
    output = Output(isJSON: options.json, isQuiet: options.quiet)
    let terminal = Terminal(descriptor: 2, environment: environment)
    width = min(100, Terminal(descriptor: 1, environment: environment).width)
    progressBar = ProgressBar(options.quiet ? .none : options.progress, terminal: terminal)
  }

  /// The store that `--store`, `NNX_HOME` or the home folder names.
  func store() throws -> Store {
    Store(try StoreLocation(environment: environment, override: options.store))
  }

  /// The registry that `--registry` or `NNX_REGISTRY` names, else the one nnx came with.
  func openRegistry() throws -> Registry {
    try Registry.open(option: options.registry, environment: environment)
  }
}
