extension RetryPolicy {
  /// The wait that a host asks for by `Retry-After`, in seconds or as a date (RFC 9110, 10.2.3).
  ///
  /// - Parameter now: seconds since 1970.
  /// - Returns: seconds, never negative; `nil` when the header says nothing of use.
  static func wait(after value: String?, now: Double) -> Double? {
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
    guard words.count == 6, words[5] == "GMT", let day = Int(words[1]),
      let month = months.firstIndex(of: String(words[2])), let year = Int(words[3])
    else { return nil }
    let time = words[4].split(separator: ":").compactMap { Int($0) }
    guard time.count == 3, (1970...9999).contains(year), (1...31).contains(day),
      (0...23).contains(time[0]), (0...59).contains(time[1]), (0...60).contains(time[2])
    else { return nil }
    // Days of the Gregorian calendar, of years that begin with March (Fliegel and Van Flandern, 1968).
    let early = month < 2 ? 1 : 0
    let years = year + 4800 - early
    let days =
      day + (153 * (month - 2 + 12 * early) + 2) / 5 + 365 * years + years / 4 - years / 100
      + years / 400 - 2_472_633
    return Double(((days * 24 + time[0]) * 60 + time[1]) * 60 + time[2])
  }
}
