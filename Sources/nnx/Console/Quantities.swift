import NNXSystem

extension Quantity {
  /// `31.2 M`, `5400`: a number of things.
  static func count(_ count: Int) -> String {
    if count < 100_000 { return "\(count)" }
    if count < 999_950_000 { return "\(fixed(Double(count) / 1e6, 1)) M" }
    return "\(fixed(Double(count) / 1e9, 2)) G"
  }

  /// `2.1e-06`: two digits of something small.
  static func scientific(_ value: Double) -> String {
    guard value.isFinite, value > 0 else { return "\(value)" }
    var (digits, exponent) = (value, 0)
    while digits < 1 { (digits, exponent) = (digits * 10, exponent - 1) }
    while digits >= 9.95 { (digits, exponent) = (digits / 10, exponent + 1) }
    let size = abs(exponent) < 10 ? "0\(abs(exponent))" : "\(abs(exponent))"
    return "\(fixed(digits, 1))e\(exponent < 0 ? "-" : "+")\(size)"
  }

  /// `0:36`, `12:05`, `1:02:09`.
  static func clock(_ seconds: Double) -> String {
    let total = Int(saturating: seconds.rounded())
    let (hours, minutes, rest) = (total / 3600, total / 60 % 60, total % 60)
    return hours > 0
      ? "\(hours):\(padded(minutes)):\(padded(rest))" : "\(minutes):\(padded(rest))"
  }

  /// `0.4 s`, `38 s`, `1 min 52 s`, `2 h 5 min`.
  static func duration(_ seconds: Double) -> String {
    if seconds < 9.95 { return "\(fixed(seconds, 1)) s" }
    let total = Int(saturating: seconds.rounded())
    if total < 60 { return "\(total) s" }
    if total < 3600 { return "\(total / 60) min \(total % 60) s" }
    return "\(total / 3600) h \(total / 60 % 60) min"
  }

  private static func padded(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
}
