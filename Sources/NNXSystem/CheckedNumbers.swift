/// Numbers that come from files and arguments, turned into others without a trap: the one place for it.

extension Int {
  /// The integer that a number is cut to; the nearest there is for one that does not fit, 0 for NaN.
  package init(saturating value: Double) {
    if value.isNaN {
      self = 0
    } else if value >= 0x1p63 {
      self = .max
    } else {
      self = value <= -0x1p63 ? .min : Int(value)
    }
  }
}

extension Double {
  /// Without decimals as far as whole numbers are told apart, else to three digits: `400`, `1.96e+19`.
  package var wholeText: String {
    if abs(self) < 1e15 { return "\(Int(rounded()))" }
    let parts = "\(self)".split(separator: "e")
    guard parts.count == 2, let digits = Double(parts[0]) else { return "\(self)" }
    let short = "\((digits * 100).rounded() / 100)"
    return (short.hasSuffix(".0") ? String(short.dropLast(2)) : short) + "e\(parts[1])"
  }
}

extension Sequence where Element == Int {
  /// The product of extents; `nil` when it does not fit.
  package var product: Int? {
    var result = 1
    for factor in self {
      let (next, overflow) = result.multipliedReportingOverflow(by: factor)
      guard !overflow else { return nil }
      result = next
    }
    return result
  }

  /// The product of extents as a real, exact up to 2⁵³: for what may be beyond all memory.
  package var realProduct: Double { reduce(1) { $0 * Double($1) } }
}
