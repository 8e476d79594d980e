import NNXSystem

/// UIDs of UUIDs (DICOM PS3.5, B.2): `2.25.` and a number of 128 bits.
enum DICOMUID {
  /// The same for the same texts, another for others: of UUIDs of version 8 (RFC 9562), made of the first
  /// bits of their SHA-256.
  static func of(_ texts: [String]) -> String {
    // Lengths part the texts.
    let digits = Digest.sha256(texts.map { "\($0.utf8.count):\($0)" }.joined())
    var number = UInt128(digits.prefix(32), radix: 16) ?? 0
    number = number & ~(0xF << 76) | 8 << 76
    number = number & ~(3 << 62) | 2 << 62
    return "2.25.\(number)"
  }
}
