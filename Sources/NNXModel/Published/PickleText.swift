/// Texts of pickles: UTF-8 in which Python lets lone surrogates stand (`surrogatepass`), as names of
/// files have them that are no Unicode.
enum PickleText {
  /// Whether Python would read `bytes` as a text.
  static func isReadable(_ bytes: [UInt8]) -> Bool {
    if String(validating: bytes, as: UTF8.self) != nil { return true }
    var text = bytes
    for index in text.indices.dropLast(2)
    where text[index] == 0xED && (0xA0...0xBF).contains(text[index + 1])
      && (0x80...0xBF).contains(text[index + 2])
    {
      text.replaceSubrange(index...index + 2, with: [0x3F, 0x3F, 0x3F])
    }
    return String(validating: text, as: UTF8.self) != nil
  }
}
