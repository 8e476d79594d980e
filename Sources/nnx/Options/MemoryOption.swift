import ArgumentParser
import NNXPredict
import NNXStore
import NNXSystem

/// How much memory a prediction may take.
struct MemoryOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Memory to stay below, as in 4G; images go through files where they must.",
      valueName: "size"))
  var maxMemory: ByteCount?

  func validate() throws {
    guard maxMemory?.bytes ?? 1 > 0 else {
      throw ValidationError("--max-memory must be above 0")
    }
  }

  /// What the flag, else the settings say.
  func budget(_ context: Context) throws -> MemoryBudget {
    MemoryBudget(
      limit: maxMemory?.bytes ?? context.settings.maxMemory,
      cache: try context.store().location.cache)
  }
}

extension ByteCount: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}
