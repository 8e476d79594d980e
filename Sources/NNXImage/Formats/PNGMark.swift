import NNXSystem

/// A PNG file that names nnx as the software that made it, and has a seal, by which nnx knows it again and that
/// nobody changed it (`FileMark.png`).
///
/// - Parameter png: the bytes of one, as `pngBytes` gives them.
package func markedPNG(_ png: [UInt8]) -> [UInt8] {
  // Behind the signature and the header, which have 33 bytes: https://www.w3.org/TR/png-3/
  png[..<33] + textChunk("Software", FileMark.generator)
    + textChunk(FileMark.sealName, Digest.sha256(png)) + png[33...]
}

private func textChunk(_ key: String, _ text: String) -> [UInt8] {
  let chunk = Array("tEXt\(key)\0\(text)".utf8)
  return bigEndian(UInt32(chunk.count - 4)) + chunk + bigEndian(crc(chunk))
}

private func bigEndian(_ value: UInt32) -> [UInt8] {
  [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
}

/// Annex D of the PNG specification.
private func crc(_ bytes: [UInt8]) -> UInt32 {
  var remainder: UInt32 = 0xFFFF_FFFF
  for byte in bytes {
    remainder ^= UInt32(byte)
    for _ in 0..<8 {
      remainder = remainder & 1 == 1 ? 0xEDB8_8320 ^ (remainder >> 1) : remainder >> 1
    }
  }
  return ~remainder
}
