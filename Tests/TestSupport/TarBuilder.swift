/// Writes tar archives byte by byte, right ones and wrong ones.
package struct TarBuilder: Sendable {
  package struct Entry: Sendable {
    package var name: [UInt8]
    package var data: [UInt8]
    /// `0` a file, `5` a folder, `1` and `2` links, `L` and `x` notes for the next entry.
    package var type: UInt8
    package var prefix: [UInt8] = []
    package var link = ""
    /// Stands in the header instead of the size of the data.
    package var statedSize: Int?
    /// Raw bytes of the size field.
    package var sizeField: [UInt8]?
    package var hasRightChecksum = true
    /// `ustar` as POSIX has it; GNU's has blanks behind.
    package var magic: [UInt8] = Array("ustar\u{0}00".utf8)

    package init(_ name: String, _ data: [UInt8] = [], type: Character = "0") {
      self.name = Array(name.utf8)
      self.data = data
      self.type = type.asciiValue ?? 0
    }

    package func with(_ change: (inout Entry) -> Void) -> Entry {
      var entry = self
      change(&entry)
      return entry
    }

    /// A pax record for the next entry.
    package static func pax(_ key: String, _ value: String) -> Entry {
      let rest = key.utf8.count + value.utf8.count + 3
      var length = rest + 1
      while "\(length)".utf8.count + rest != length { length = "\(length)".utf8.count + rest }
      return Entry("pax", Array("\(length) \(key)=\(value)\n".utf8), type: "x")
    }

    var bytes: [UInt8] {
      var block = [UInt8](repeating: 0, count: 512)
      func put(_ value: [UInt8], _ range: Range<Int>) {
        for (index, byte) in zip(range, value) { block[index] = byte }
      }
      func octal(_ value: Int, _ digits: Int) -> [UInt8] {
        let text = String(value, radix: 8)
        return Array((String(repeating: "0", count: max(0, digits - text.count)) + text).utf8)
      }
      put(name, 0..<100)
      put(octal(0o644, 7), 100..<108)
      put(octal(0, 7), 108..<116)
      put(octal(0, 7), 116..<124)
      put(sizeField ?? octal(statedSize ?? data.count, 11), 124..<136)
      put(octal(0, 11), 136..<148)
      put(Array(repeating: 0x20, count: 8), 148..<156)
      block[156] = type
      put(Array(link.utf8), 157..<257)
      put(magic, 257..<265)
      put(prefix, 345..<500)
      let sum = block.reduce(0) { $0 + Int($1) } + (hasRightChecksum ? 0 : 1)
      put(octal(sum, 6) + [0, 0x20], 148..<156)
      return block + data + [UInt8](repeating: 0, count: (512 - data.count % 512) % 512)
    }
  }

  package var entries: [Entry]
  /// Blocks of zeros at the end.
  package var endBlocks = 20

  package init(_ entries: [Entry]) { self.entries = entries }

  package func build() -> [UInt8] {
    entries.flatMap(\.bytes) + [UInt8](repeating: 0, count: 512 * endBlocks)
  }
}
