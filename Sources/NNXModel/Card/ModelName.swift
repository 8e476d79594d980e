import NNXSystem

/// The grammar of model names: `^[a-z0-9][a-z0-9._-]{0,63}$`, and a name is never a path.
package enum ModelName: TextRule {
  /// In words, for messages.
  package static let rule =
    "a name has 1 to 64 lower-case letters, digits, '.', '_' and '-', and starts with a letter or digit"

  /// Whether `text` may name a model.
  ///
  /// Refused besides: `..`, all digits (these are Zenodo records) and the endings of archives (these are
  /// files).
  package static func isValid(_ text: some StringProtocol) -> Bool {
    let bytes = Array(text.utf8)
    guard let first = bytes.first, bytes.count <= 64, isAlphanumeric(first) else { return false }
    let punctuation = [UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-")]
    guard bytes.allSatisfy({ isAlphanumeric($0) || punctuation.contains($0) }) else { return false }
    return !bytes.allSatisfy(isDigit) && !ArchiveName.isArchive(String(text))
      && !hasDoubleDot(bytes)
  }

  package static func flaw(of text: String) -> String? {
    isValid(text) ? nil : "is '\(text)': \(rule)"
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
  }

  private static func hasDoubleDot(_ bytes: [UInt8]) -> Bool {
    zip(bytes, bytes.dropFirst()).contains { $0 == UInt8(ascii: ".") && $1 == $0 }
  }
}
