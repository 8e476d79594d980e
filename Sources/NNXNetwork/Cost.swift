import Glibc

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

  private static func now() -> Cost {
    Cost(wall: clock(CLOCK_MONOTONIC), processor: clock(CLOCK_PROCESS_CPUTIME_ID))
  }

  private static func clock(_ id: clockid_t) -> Double {
    var time = timespec()
    unsafe clock_gettime(id, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
