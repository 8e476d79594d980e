import ArgumentParser
import NNXTensor

/// How many threads a command computes with.
struct ThreadOption: ParsableArguments {
  @Option(help: ArgumentHelp("Threads (default: all processors).", valueName: "count"))
  var threads: Int?

  func validate() throws {
    guard threads ?? 1 > 0 else { throw ValidationError("--threads must be at least 1") }
  }

  /// What the flag, else the settings say.
  func chosen(_ context: Context) -> Threads {
    threads.map { Threads($0) } ?? context.threads
  }
}
