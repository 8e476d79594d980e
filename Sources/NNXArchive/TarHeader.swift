import NNXSystem

/// One header of a tar archive: 512 bytes as POSIX.1-1988 has them (ustar), and as GNU tar does.
struct TarHeader {
  /// The character that tells what follows: `0` a file, `5` a folder.
  let type: UInt8
  /// Bytes that follow, before they are filled up to a multiple of 512.
  let size: Int
  /// Raw.
  let name: [UInt8]

  static let blockSize = 512

  /// Bytes that follow, with what fills the last block.
  static func padded(_ size: Int) -> Int { (size + blockSize - 1) / blockSize * blockSize }

  /// - Parameter archive: path, for errors.
  /// - Throws: `unsafe-archive` for what is no header, or contradicts its own checksum.
  init(_ block: [UInt8], archive: String) throws(NNXError) {
    func refuse(_ reason: String) -> NNXError { .unsafeArchive(archive, reason) }
    func text(_ range: Range<Int>) -> [UInt8] { Array(block[range].prefix { $0 != 0 }) }
    guard block[257..<262].elementsEqual("ustar".utf8) else {
      throw refuse("a header in it is not of POSIX's tar")
    }
    let sum = block.indices.reduce(0) { sum, index in
      sum + ((148..<156).contains(index) ? 0x20 : Int(block[index]))
    }
    guard TarHeader.number(block[148..<156]) == sum else {
      throw refuse("a header in it has another checksum")
    }
    guard let size = TarHeader.number(block[124..<136]) else {
      throw refuse("a size in it is beyond measure")
    }
    self.size = size
    type = block[156]
    // POSIX puts the beginning of a long name behind; GNU tar keeps other things there.
    let prefix = block[262] == 0 ? text(345..<500) : []
    name = (prefix.isEmpty ? [] : prefix + [UInt8(ascii: "/")]) + text(0..<100)
  }

  /// Octal digits, or GNU's binary number below 2^62; `nil` for anything else.
  private static func number(_ field: ArraySlice<UInt8>) -> Int? {
    if field.first == 0x80 {
      var value = 0
      for byte in field.dropFirst() {
        guard value < 1 << 53 else { return nil }
        value = value << 8 | Int(byte)
      }
      return value
    }
    let blanks: Set<UInt8> = [0, 0x20]
    let digits = field.drop { $0 == 0x20 }.prefix { !blanks.contains($0) }
    guard field.drop(while: { $0 == 0x20 }).dropFirst(digits.count).allSatisfy(blanks.contains),
      digits.allSatisfy({ (0x30...0x37).contains($0) })
    else { return nil }
    return digits.reduce(0) { $0 << 3 | Int($1 - 0x30) }
  }
}

/// What stands before an entry and counts for it alone: long names (GNU's `L`, POSIX's `path`) and
/// sizes beyond 8 GB.
struct TarNotes {
  var name: [UInt8]?
  var size: Int?

  /// Reads the records of a pax header: `LENGTH KEY=VALUE`, each with a line feed.
  ///
  /// - Throws: `unsafe-archive` when they are damaged, or speak of sparse files.
  mutating func read(_ bytes: [UInt8], archive: String) throws(NNXError) {
    func damaged() -> NNXError { .unsafeArchive(archive, "an extended header in it is damaged") }
    var rest = bytes[...]
    while !rest.isEmpty {
      let digits = rest.prefix { (0x30...0x39).contains($0) }
      guard digits.count <= 8, let length = Int(String(decoding: digits, as: UTF8.self)),
        length > digits.count + 2, length <= rest.count
      else { throw damaged() }
      let record = rest.prefix(length)
      guard record.last == 0x0A, record.dropFirst(digits.count).first == 0x20,
        let equals = record.firstIndex(of: UInt8(ascii: "="))
      else { throw damaged() }
      let key = String(
        decoding: record[(rest.startIndex + digits.count + 1)..<equals], as: UTF8.self)
      let value = Array(record[(equals + 1)...].dropLast())
      switch key {
      case "path": name = value
      case "size":
        guard let number = Int(String(decoding: value, as: UTF8.self)),
          (0..<1 << 62).contains(number)
        else { throw damaged() }
        size = number
      case _ where key.hasPrefix("GNU.sparse"):
        throw .unsafeArchive(archive, "it holds a sparse file; nnx reads plain files only")
      default: break
      }
      rest = rest.dropFirst(length)
    }
  }
}
