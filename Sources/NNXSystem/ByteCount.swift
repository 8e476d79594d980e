/// An amount of memory or disk as people type it.
///
/// `4G`, `800M`, `64K`: powers of 1024, as batch systems and container runtimes read them, and so are
/// `4GiB`; `4GB` counts in powers of 1000; a bare number counts bytes.
package struct ByteCount: Equatable, Sendable {
  package let bytes: Int

  package init(bytes: Int) { self.bytes = bytes }

  /// `nil` when the text is no amount, is negative or does not fit.
  package init?(_ text: String) {
    let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    var unit = text[digits.endIndex...].lowercased()
    while unit.hasPrefix(" ") { unit.removeFirst() }
    guard let value = Double(digits), value.isFinite else { return nil }
    var factor = 1.0
    if let letter = unit.first, let power = "kmgt".firstIndex(of: letter) {
      let base = unit.dropFirst() == "b" ? 1000.0 : 1024.0
      for _ in 0...("kmgt".distance(from: "kmgt".startIndex, to: power)) { factor *= base }
      unit.removeFirst()
      guard ["", "b", "ib"].contains(unit) else { return nil }
    } else {
      guard unit.isEmpty || unit == "b" else { return nil }
    }
    guard let bytes = Int(exactly: (value * factor).rounded()) else { return nil }
    self.bytes = bytes
  }
}
