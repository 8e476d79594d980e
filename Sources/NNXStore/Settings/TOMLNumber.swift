/// A word of TOML that stands without quotes: a boolean, a number or a date.
struct TOMLNumber {
  /// `nil` for a word that is none of TOML.
  let value: TOMLText.Value?

  /// - Parameter reader: that stands behind the word, for the line of an error.
  /// - Throws: for integers beyond 64 bits.
  init(_ word: String, reader: TOMLReader) throws(TOMLText.Problem) {
    if word == "true" || word == "false" {
      value = .bool(word == "true")
    } else if let (digits, radix) = TOMLNumber.integer(word) {
      guard let number = Int(digits, radix: radix) else {
        throw reader.problem("\(word.prefix(40)) is too large")
      }
      value = .integer(number)
    } else if TOMLNumber.isReal(word) {
      value = .real
    } else {
      value = TOMLNumber.isDate(word) ? .date : nil
    }
  }

  /// The digits with their sign and without underscores, and their base; `nil` for what is no integer.
  private static func integer(_ word: String) -> (String, radix: Int)? {
    for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] where word.hasPrefix(prefix) {
      return digits(word.dropFirst(2), radix: radix).map { ($0, radix) }
    }
    let unsigned = word.first == "+" || word.first == "-" ? word.dropFirst() : word[...]
    guard let digits = decimal(unsigned) else { return nil }
    return ((word.first == "-" ? "-" : "") + digits, 10)
  }

  /// Digits without a leading zero.
  private static func decimal(_ text: Substring) -> String? {
    text == "0" || text.first != "0" ? digits(text, radix: 10) : nil
  }

  /// Digits that single underscores may part.
  private static func digits(_ text: Substring, radix: Int) -> String? {
    let groups = text.split(separator: "_", omittingEmptySubsequences: false)
    guard
      groups.allSatisfy({ group in
        !group.isEmpty && group.allSatisfy { $0.isASCII && $0.hexDigitValue ?? 16 < radix }
      })
    else { return nil }
    return groups.joined()
  }

  private static func isReal(_ word: String) -> Bool {
    let unsigned = word.first == "+" || word.first == "-" ? word.dropFirst() : word[...]
    if unsigned == "inf" || unsigned == "nan" { return true }
    let parts = unsigned.split(omittingEmptySubsequences: false) { $0 == "e" || $0 == "E" }
    guard parts.count <= 2, let mantissa = parts.first else { return false }
    let halves = mantissa.split(separator: ".", omittingEmptySubsequences: false)
    guard halves.count <= 2, decimal(halves[0]) != nil,
      halves.dropFirst().allSatisfy({ digits($0, radix: 10) != nil })
    else { return false }
    let power = parts.dropFirst().first.map {
      $0.first == "+" || $0.first == "-" ? $0.dropFirst() : $0
    }
    return power.map { digits($0, radix: 10) != nil } ?? (halves.count == 2)
  }

  /// The shape of a date, `1979-05-27`, or a time, `07:32:00`, whatever follows: no setting is one.
  private static func isDate(_ word: String) -> Bool {
    func begins(_ shape: String) -> Bool {
      word.count >= shape.count
        && zip(word, shape).allSatisfy { $1 == "0" ? $0.isASCII && $0.isNumber : $0 == $1 }
    }
    return begins("0000-00-00") || begins("00:00:00")
  }
}
