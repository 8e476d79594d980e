import ArgumentParser
import NNXStore
import NNXTensor

/// How many threads a command computes with.
struct ThreadOption: ParsableArguments {
  @Option(help: ArgumentHelp("Threads (default: all processors).", valueName: "count"))
  var threads: Int?

  func validate() throws {
    guard case .count(let range) = Setting.threads.kind, range.contains(threads ?? 1) else {
      throw ValidationError("--threads must be \(Setting.threads.shape)")
    }
  }

  /// What the flag, else the settings say.
  func chosen(_ context: Context) -> Threads {
    threads.map { Threads($0) } ?? context.threads
  }
}
