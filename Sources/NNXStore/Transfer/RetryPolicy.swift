import Glibc
import NNXSystem

/// Time as transfers see it, so that tests need not wait.
package struct TransferClock: Sendable {
  /// Seconds since 1970.
  package var now: @Sendable () -> Double
  package var sleep: @Sendable (_ seconds: Double) -> Void

  package init(
    now: @escaping @Sendable () -> Double, sleep: @escaping @Sendable (_ seconds: Double) -> Void
  ) {
    self.now = now
    self.sleep = sleep
  }

  package static let system = TransferClock(
    now: {
      var time = timespec()
      unsafe clock_gettime(CLOCK_REALTIME, &time)
      return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    },
    sleep: { usleep(UInt32(min(max($0, 0), 4000) * 1e6)) })
}

/// How often to try again, and how long to wait before.
package struct RetryPolicy: Sendable {
  /// Tries in a row that bring no new bytes before the next address is taken.
  package var attempts = 5
  /// Tries in all, however much each brings.
  package var most = 100
  /// Seconds; a host that asks for more is taken at its word and left alone.
  package var longestWait = 300.0

  package init() {}

  /// Seconds before try number `failures + 1`: 1, 2, 4, 8 … 60, plus up to a quarter by chance so
  /// that many machines do not come back at once.
  package func backoff(_ failures: Int) -> Double {
    min(60, Double(1 << min(max(failures - 1, 0), 6))) * .random(in: 1...1.25)
  }

  /// The wait that a host asks for by `Retry-After`, in seconds or as a date (RFC 9110, 10.2.3).
  ///
  /// - Parameter now: seconds since 1970.
  /// - Returns: seconds, never negative; `nil` when the header says nothing of use.
  package static func wait(after value: String?, now: Double) -> Double? {
    guard let value else { return nil }
    if let seconds = Int(value) { return seconds >= 0 ? Double(seconds) : nil }
    return date(value).map { max(0, $0 - now) }
  }

  /// Seconds since 1970 of `Wed, 21 Oct 2015 07:28:00 GMT` (RFC 9110, 5.6.7).
  private static func date(_ text: String) -> Double? {
    let months = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    let words = text.split(separator: " ")
    guard words.count == 6, words[5] == "GMT", let day = Int32(words[1]),
      let month = months.firstIndex(of: String(words[2])), let year = Int32(words[3])
    else { return nil }
    let time = words[4].split(separator: ":").compactMap { Int32($0) }
    guard time.count == 3, (1970...9999).contains(year), (1...31).contains(day),
      (0...23).contains(time[0]), (0...59).contains(time[1]), (0...60).contains(time[2])
    else { return nil }
    var parts = unsafe tm()
    unsafe parts.tm_year = year - 1900
    unsafe parts.tm_mon = Int32(month)
    unsafe parts.tm_mday = day
    unsafe (parts.tm_hour, parts.tm_min, parts.tm_sec) = (time[0], time[1], time[2])
    return Double(unsafe timegm(&parts))
  }
}
