import NNXSystem

/// Finds single values in the text of a JSON document, so that they can be changed while every other
/// byte stays as a person wrote it.
struct JSONText {
  enum Step: Equatable {
    case key(String)
    case index(Int)
  }

  private let bytes: [UInt8]
  private var position = 0

  /// - Parameter bytes: a document that `OrderedJSON` has parsed.
  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Where the value at `path` stands; `nil` when there is none.
  func place(of path: [Step]) -> Range<Int>? {
    var scanner = self
    return scanner.find(path[...])
  }

  /// The text with other values in some places, which must not overlap.
  static func replacing(_ changes: [(Range<Int>, String)], in bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    for (place, text) in changes.sorted(by: { $0.0.lowerBound > $1.0.lowerBound }) {
      bytes.replaceSubrange(place, with: Array(text.utf8))
    }
    return bytes
  }

  private mutating func find(_ path: ArraySlice<Step>) -> Range<Int>? {
    skipSpace()
    guard let step = path.first else {
      let start = position
      skipValue()
      return start..<position
    }
    switch step {
    case .key(let key):
      guard take("{") else { return nil }
      while true {
        skipSpace()
        let start = position
        skipString()
        // Keys of a registry hold no escapes.
        let isWanted = bytes[(start + 1)..<(position - 1)].elementsEqual(key.utf8)
        skipSpace()
        _ = take(":")
        if isWanted { return find(path.dropFirst()) }
        skipValue()
        skipSpace()
        guard take(",") else { return nil }
      }
    case .index(let index):
      guard take("[") else { return nil }
      for _ in 0..<index {
        skipValue()
        skipSpace()
        guard take(",") else { return nil }
      }
      skipSpace()
      return position < bytes.count && bytes[position] != UInt8(ascii: "]")
        ? find(path.dropFirst()) : nil
    }
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func skipSpace() {
    while position < bytes.count, JSONText.isSpace(bytes[position]) { position += 1 }
  }

  private mutating func skipString() {
    position += 1
    while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
      position += bytes[position] == UInt8(ascii: "\\") ? 2 : 1
    }
    position += 1
  }

  private mutating func skipValue() {
    skipSpace()
    var depth = 0
    repeat {
      guard position < bytes.count else { return }
      switch bytes[position] {
      case UInt8(ascii: "\""): skipString()
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        depth += 1
        position += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        depth -= 1
        position += 1
      default:
        position += 1
        guard depth == 0 else { break }
        while position < bytes.count, !JSONText.endsWord(bytes[position]) { position += 1 }
      }
    } while depth > 0
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
  }

  private static func endsWord(_ byte: UInt8) -> Bool {
    isSpace(byte) || byte == 0x2C || byte == 0x5D || byte == 0x7D
  }
}
