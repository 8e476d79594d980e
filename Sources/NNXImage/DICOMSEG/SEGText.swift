import Glibc

/// Texts as DICOM takes them.
enum SEGText {
  /// In ASCII, which every character set holds, without what parts values, and no longer than its kind.
  static func plain(_ text: String, most: Int = 64) -> String {
    let scalars = text.unicodeScalars.map { scalar -> Character in
      if scalar == "\\" { return "/" }
      return (32..<127).contains(scalar.value) ? Character(scalar) : "?"
    }
    let short = String(scalars.prefix(most))
    let isBlank = short.allSatisfy { $0 == " " }
    return isBlank ? "unnamed" : short
  }

  /// A number of at most 16 letters (DS), as exact as fits.
  static func decimal(_ value: Double) -> String {
    var text = "\(value)"
    if value == value.rounded(), abs(value) < 1e15 { return "\(Int(value))" }
    var digits = 15
    while text.utf8.count > 16, digits > 3 {
      let scale = pow(10, Double(digits - 1) - log10(abs(value)).rounded(.down))
      text = "\((value * scale).rounded() / scale)"
      digits -= 1
    }
    return text
  }

  static func decimals(_ values: [Double]) -> String {
    values.map(decimal).joined(separator: "\\")
  }
}
