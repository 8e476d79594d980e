import NNXSystem
import Synchronization

/// Remembers for each host how long it wants to be left alone.
///
/// Zenodo states its limits on every answer (`X-RateLimit-Remaining`, `X-RateLimit-Reset` as seconds
/// since 1970), also on successful ones; when none remain, the next request waits.
final class RateLimits: Sendable {
  private let clock: TransferClock
  /// Seconds since 1970 by authority. One for the process: what a host told the client of its API
  /// counts for downloads too.
  private static let notBefore = Mutex<[String: Double]>([:])

  init(clock: TransferClock) { self.clock = clock }

  func note(_ head: HTTPHead, from url: String) {
    guard let host = URLParts(url)?.authority, head["x-ratelimit-remaining"] == "0",
      let reset = head["x-ratelimit-reset"].flatMap({ Double($0) }), reset.isFinite
    else { return }
    // A clock that runs wrong, here or there, must not stop us for long.
    RateLimits.notBefore.withLock { $0[host] = min(reset, clock.now() + 60) }
  }

  func wait(for url: String) {
    guard let host = URLParts(url)?.authority,
      let time = RateLimits.notBefore.withLock({ $0[host] })
    else {
      return
    }
    let seconds = time - clock.now()
    if seconds > 0 { clock.sleep(seconds) }
  }
}
