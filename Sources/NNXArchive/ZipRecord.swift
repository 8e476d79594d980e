/// One entry of a zip that is being written: its headers. No times, no owners; ZIP64 where it is asked for.
///
/// After PKWARE's APPNOTE 6.3.10, sections 4.3.7, 4.3.9, 4.3.12, 4.3.14 to 4.3.16 and 4.5.3.
package struct ZipRecord {
  private let name: [UInt8]
  /// 0 stored, 8 deflated.
  private let method: Int
  /// Bit 3: numbers follow the data, and the local header leaves them out. Bit 11: names are UTF-8.
  private let flags: Int
  /// Bytes once unpacked.
  package var size = 0
  /// Bytes in the file.
  package var compressedSize = 0
  package var crc32: UInt32 = 0
  /// Of the local header.
  var offset = 0
  /// Whether sizes have eight bytes.
  package let isLarge: Bool
  /// Whether the offset has eight bytes.
  var isFar = false
  /// Who made it, and for which version: the upper byte is the system.
  private let madeBy: Int
  /// What that system knows of the file.
  private let attributes: Int

  package static let numbersFollow = 1 << 3
  static let hasUTF8Names = 1 << 11

  package init(
    _ name: String, method: Int, flags: Int, isLarge: Bool, madeBy: Int, attributes: Int = 0
  ) {
    self.name = Array(name.utf8)
    self.method = method
    self.flags = flags
    self.isLarge = isLarge
    self.madeBy = madeBy
    self.attributes = attributes
  }

  private var numbersFollow: Bool { flags & ZipRecord.numbersFollow != 0 }

  /// What stands before the data.
  package var localHeader: [UInt8] {
    var shown = self
    if numbersFollow { (shown.size, shown.compressedSize, shown.crc32) = (0, 0, 0) }
    let extra =
      isLarge ? ZipRecord.field(little(shown.size, 8) + little(shown.compressedSize, 8)) : []
    return little(0x0403_4B50, 4) + shown.common(extra) + name + extra
  }

  /// What stands behind the data when the numbers follow.
  package var descriptor: [UInt8] {
    let bytes = isLarge ? 8 : 4
    return little(0x0807_4B50, 4) + little(Int(crc32), 4) + little(compressedSize, bytes)
      + little(size, bytes)
  }

  /// What stands in the directory.
  package var centralHeader: [UInt8] {
    let numbers =
      (isLarge ? little(size, 8) + little(compressedSize, 8) : [])
      + (isFar ? little(offset, 8) : [])
    let extra = numbers.isEmpty ? [] : ZipRecord.field(numbers)
    let noCommentNoDisk = [UInt8](repeating: 0, count: 6)
    return little(0x0201_4B50, 4) + little(madeBy, 2) + common(extra) + noCommentNoDisk
      + little(attributes, 4) + little(isFar ? 0xFFFF_FFFF : offset, 4) + name + extra
  }

  /// The extra field of ZIP64.
  private static func field(_ numbers: [UInt8]) -> [UInt8] {
    little(0x0001, 2) + little(numbers.count, 2) + numbers
  }

  /// What both headers have: from the version to the lengths of name and extra fields.
  private func common(_ extra: [UInt8]) -> [UInt8] {
    let version = isLarge ? 45 : method == 0 ? 10 : 20
    let firstOfJanuary1980 = 0x0021_0000
    return little(version, 2) + little(flags, 2) + little(method, 2)
      + little(firstOfJanuary1980, 4) + little(Int(crc32), 4)
      + little(isLarge ? 0xFFFF_FFFF : compressedSize, 4) + little(isLarge ? 0xFFFF_FFFF : size, 4)
      + little(name.count, 2) + little(extra.count, 2)
  }

  /// What stands behind the directory.
  ///
  /// - Parameters:
  ///   - entries: of the directory, which begins at `start` and has `size` bytes.
  ///   - isLarge: whether the numbers have eight bytes, too.
  ///   - isFar: whether `start` has eight bytes only.
  package static func end(
    entries: Int, start: Int, size: Int, isLarge: Bool, isFar: Bool
  ) -> [UInt8] {
    var bytes: [UInt8] = []
    if isLarge {
      bytes += little(0x0606_4B50, 4) + little(44, 8) + little(45, 2) + little(45, 2)
      bytes += little(0, 8) + little(entries, 8) + little(entries, 8) + little(size, 8)
      bytes += little(start, 8)
      bytes += little(0x0706_4B50, 4) + little(0, 4) + little(start + size, 8) + little(1, 4)
    }
    let count = min(entries, 0xFFFF)
    return bytes + little(0x0605_4B50, 4) + little(0, 4) + little(count, 2) + little(count, 2)
      + little(size, 4) + little(isFar ? 0xFFFF_FFFF : start, 4) + little(0, 2)
  }
}

/// A number in `count` bytes, the lowest first.
private func little(_ value: Int, _ count: Int) -> [UInt8] {
  (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
}
