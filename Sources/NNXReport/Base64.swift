/// Bytes as text (RFC 4648, section 4).
enum Base64 {
  private static let letters = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  /// The digits in ASCII, padded.
  static func digits(_ bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity((bytes.count + 2) / 3 * 4)
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let left = bytes.count - start
      let second = left > 1 ? Int(bytes[start + 1]) : 0
      let third = left > 2 ? Int(bytes[start + 2]) : 0
      let number = Int(bytes[start]) << 16 | second << 8 | third
      result.append(letters[number >> 18])
      result.append(letters[number >> 12 & 63])
      result.append(left > 1 ? letters[number >> 6 & 63] : UInt8(ascii: "="))
      result.append(left > 2 ? letters[number & 63] : UInt8(ascii: "="))
    }
    return result
  }

  static func text(_ bytes: [UInt8]) -> String { String(decoding: digits(bytes), as: UTF8.self) }
}
