import Glibc
import NNXSystem

/// Time as transfers see it, so that tests need not wait.
struct TransferClock: Sendable {
  /// Seconds since 1970.
  var now: @Sendable () -> Double
  var sleep: @Sendable (_ seconds: Double) -> Void

  static let system = TransferClock(
    now: { ProcessFacts.seconds(CLOCK_REALTIME) },
    sleep: { usleep(UInt32(min(max($0, 0), 4000) * 1e6)) })
}
