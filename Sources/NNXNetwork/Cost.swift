import Glibc
internal import NNXSystem

/// What a piece of work took, in seconds.
package struct Cost: Sendable {
  package var wall: Double
  /// Processor time of all threads.
  package var processor: Double

  /// Runs `body` and measures it.
  package static func of(_ body: () -> Void) -> Cost {
    let start = now()
    body()
    let end = now()
    return Cost(wall: end.wall - start.wall, processor: end.processor - start.processor)
  }

  static func median(_ costs: [Cost]) -> Cost {
    Cost(wall: costs.map(\.wall).median, processor: costs.map(\.processor).median)
  }

  private static func now() -> Cost {
    Cost(
      wall: ProcessFacts.monotonicSeconds,
      processor: ProcessFacts.seconds(CLOCK_PROCESS_CPUTIME_ID))
  }
}
