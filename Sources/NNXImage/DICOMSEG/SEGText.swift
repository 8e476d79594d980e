import Glibc

/// Texts as DICOM takes them.
enum SEGText {
  /// Letters of what names something (LO).
  static let longest = 64

  /// Without what parts values and what is obeyed instead of shown, and no longer than its kind: so many letters
  /// (DICOM PS3.5, table 6.2-1).
  static func plain(_ text: String, most: Int = longest) -> String {
    let scalars = text.unicodeScalars.map { scalar -> Unicode.Scalar in
      if scalar == "\\" { return "/" }
      return scalar.value < 32 || (127..<160).contains(scalar.value) ? "?" : scalar
    }
    let short = String(String.UnicodeScalarView(scalars.prefix(most)))
    let isBlank = short.allSatisfy { $0 == " " }
    return isBlank ? "unnamed" : short
  }

  static func isASCII(_ text: String) -> Bool { text.utf8.allSatisfy { $0 < 128 } }

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
