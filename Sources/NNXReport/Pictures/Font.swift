import NNXSystem

/// The letters of pictures: X11's 6x13 of "misc-fixed" ("Public domain font. Share and enjoy."), the
/// printable characters of ASCII. Carried by nnx so that pictures need no font on the machine.
enum Font {
  static let width = 6
  static let height = 13

  /// The rows of a character from the top, six bits each, the left pixel highest; a question mark for
  /// what the font does not have.
  static func rows(_ character: Character) -> [UInt8] {
    let index = character.asciiValue.map { Int($0) - 32 } ?? 31
    return glyphs[glyphs.indices.contains(index) ? index : 31]
  }

  /// A line of the file for each character from the space to the tilde.
  private static let glyphs: [[UInt8]] = Resource.font.text.split(separator: "\n").map { line in
    let digits = Array(line.utf8).map { $0 < 58 ? $0 - 48 : $0 - 87 }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }
}
