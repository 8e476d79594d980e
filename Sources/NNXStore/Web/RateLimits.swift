import NNXSystem
import Synchronization

/// Remembers for each host how long it wants to be left alone (`PublishingHost.notBefore`).
struct RateLimits: Sendable {
  let clock: TransferClock
  /// Seconds since 1970 by authority. One for the process: what a host said about its API counts for
  /// downloads too.
  private static let notBefore = Mutex<[String: Double]>([:])

  /// Takes note of when `url` wants to be asked again, in seconds since 1970.
  func note(_ time: Double?, from url: String) {
    guard let time, let host = URLParts(url)?.authority else { return }
    // A clock that runs wrong, here or there, must not stop us for long.
    RateLimits.notBefore.withLock { $0[host] = min(time, clock.now() + 60) }
  }

  func wait(for url: String) {
    guard let host = URLParts(url)?.authority,
      let time = RateLimits.notBefore.withLock({ $0[host] })
    else { return }
    let seconds = time - clock.now()
    if seconds > 0 { clock.sleep(seconds) }
  }
}
