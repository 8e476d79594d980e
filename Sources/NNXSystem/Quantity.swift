/// Numbers as people read them.
package enum Quantity {
  /// `1.21 GB`, `246 MB`, `12 kB`: powers of 1000, as disks and downloads are sold.
  package static func bytes(_ count: Int) -> String {
    let units = ["B", "kB", "MB", "GB", "TB"]
    var value = Double(count)
    var unit = 0
    while value >= 999.5, unit < units.count - 1 {
      value /= 1000
      unit += 1
    }
    let digits = unit < 3 ? 0 : 2
    return "\(fixed(value, digits)) \(units[unit])"
  }

  /// A number with a fixed count of decimals, rounded half away from zero.
  package static func fixed(_ value: Double, _ decimals: Int) -> String {
    var scale = 1.0
    for _ in 0..<decimals { scale *= 10 }
    let scaled = (abs(value) * scale).rounded(.toNearestOrAwayFromZero)
    guard scaled < 9e15 else { return "\(value)" }
    let sign = value < 0 && scaled > 0 ? "-" : ""
    let whole = Int(scaled)
    guard decimals > 0 else { return "\(sign)\(whole)" }
    let digits = String(whole % Int(scale))
    let zeros = String(repeating: "0", count: decimals - digits.count)
    return "\(sign)\(whole / Int(scale)).\(zeros)\(digits)"
  }

  /// `0.7676`, `1`, `2.5`: at most four decimals, without trailing zeros.
  package static func short(_ value: Double) -> String {
    guard value == 0 || abs(value) >= 0.0001 else { return "\(value)" }
    var text = fixed(value, 4)
    guard text.contains(".") else { return text }
    while text.hasSuffix("0") { text.removeLast() }
    if text.hasSuffix(".") { text.removeLast() }
    return text
  }

  /// `40 x 64 x 64`: extents along the axes.
  package static func along(_ extents: [Int]) -> String {
    extents.map(String.init).joined(separator: " x ")
  }

  /// `5 x 0.7 x 0.7`: lengths along the axes.
  package static func along(_ lengths: [Double]) -> String {
    lengths.map(short).joined(separator: " x ")
  }
}

/// `1 slice`, `2 slices`.
package func counted(_ count: Int, _ noun: String) -> String {
  "\(count) \(noun)\(count == 1 ? "" : "s")"
}
