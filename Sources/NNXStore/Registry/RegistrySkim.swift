import NNXSystem

/// Where things stand in the text of the registry: names and places, found in one pass over its lines that makes
/// no values.
///
/// Its lines are those of `registry.json`, which the tests hold to: a member of the document begins after two
/// spaces, a model between braces after four, the members of a model after six, those of its networks after ten.
struct RegistrySkim: Sendable {
  struct Entry: Sendable {
    var name = ""
    var aliases: [String] = []
    /// Its bytes in the document.
    var place: Range<Int>
    /// The same without the labels of its networks, which repeat the model's.
    var pieces: [Range<Int>]
  }

  /// Places of the members beside `models`, by key.
  private(set) var members: [String: Range<Int>] = [:]
  /// In the order of the document.
  private(set) var entries: [Entry] = []

  /// - Parameter text: the registry; of any other text this finds something, and never leaves the bytes.
  init(_ text: RawSpan) {
    var member: (key: String, start: Int)?
    var entry: Reading?
    var start = 0
    let (name, aliases, labels) = (Key("name"), Key("aliases"), Key("labels"))
    while start < text.byteCount {
      let end = text.lineEnd(from: start)
      switch text.indentation(start..<end) {
      case 2 where text.byte(at: start + 2) == UInt8(ascii: "\""), 0:
        // The line before ends with a comma, unless it is the last member's.
        if let member, member.key != "models" {
          let isFollowed = text.byte(at: start - 2) == UInt8(ascii: ",")
          members[member.key] = member.start..<max(member.start, start - (isFollowed ? 2 : 1))
        }
        member = text.quoted(start..<end).first.map { key in
          (String(key), min(start + 2 + key.utf8.count + 4, end))
        }
      case 4 where member?.key == "models" && text.byte(at: start + 4) == UInt8(ascii: "{"):
        entry = Reading(start: start + 4)
      case 4 where text.byte(at: start + 4) == UInt8(ascii: "}"):
        if let entry { entries.append(entry.ended(at: start + 5)) }
        entry = nil
      case 6 where entry != nil && text.begins(with: name, at: start + 6, before: end):
        entry?.name = text.quoted(start..<end).last
      case 6 where entry != nil && text.begins(with: aliases, at: start + 6, before: end):
        entry?.aliases = text.quoted(start..<end).dropFirst()
      case 10
      where text.begins(with: labels, at: start + 10, before: end)
        && text.byte(at: end - 1) == UInt8(ascii: "["):
        entry?.leave(at: start)
      case 10 where text.byte(at: start + 10) == UInt8(ascii: "]"):
        entry?.goOn(at: end)
      default: break
      }
      start = end + 1
    }
  }
}

/// The beginning of a member's line.
private struct Key {
  /// The first eight bytes, which few others begin with.
  let word: UInt64
  let rest: ArraySlice<UInt8>

  /// - Parameter name: of at least four letters.
  init(_ name: String) {
    let bytes = Array("\"\(name)\": ".utf8)
    word = bytes.prefix(8).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    rest = bytes[8...]
  }
}

/// An entry that has begun.
private struct Reading {
  let start: Int
  var name: Substring?
  var aliases: ArraySlice<Substring> = []
  private var pieces: [Range<Int>] = []
  /// Where the piece begins that is not over; `nil` in what is left out.
  private var piece: Int?

  init(start: Int) {
    self.start = start
    piece = start
  }

  mutating func leave(at end: Int) {
    if let piece { pieces.append(piece..<end) }
    piece = nil
  }

  mutating func goOn(at start: Int) { piece = piece ?? start }

  func ended(at end: Int) -> RegistrySkim.Entry {
    RegistrySkim.Entry(
      name: name.map { String($0) } ?? "", aliases: aliases.map { String($0) },
      place: start..<end, pieces: pieces + (piece.map { [$0..<end] } ?? []))
  }
}

extension RawSpan {
  /// Where the line that `start` is in ends: at its line feed, or at the end of the text.
  fileprivate func lineEnd(from start: Int) -> Int {
    var position = start
    // Eight bytes at a time: the lowest bit set marks the first line feed among them.
    while position + 8 <= byteCount {
      let bytes = littleEndian(UInt64.self, at: position) ^ 0x0A0A_0A0A_0A0A_0A0A
      let marks = (bytes &- 0x0101_0101_0101_0101) & ~bytes & 0x8080_8080_8080_8080
      if marks != 0 { return position + marks.trailingZeroBitCount / 8 }
      position += 8
    }
    while position < byteCount, byte(at: position) != 0x0A { position += 1 }
    return position
  }

  /// How many spaces a line begins with, if there are at most ten and something follows; else -1.
  fileprivate func indentation(_ line: Range<Int>) -> Int {
    var count = 0
    if line.count > 8 {
      // Eight bytes at a time: the lowest bit set is of the first that is no space.
      let bytes = littleEndian(UInt64.self, at: line.lowerBound) ^ 0x2020_2020_2020_2020
      guard bytes == 0 else { return bytes.trailingZeroBitCount / 8 }
      count = 8
    }
    while count <= 10, count < line.count {
      if byte(at: line.lowerBound + count) != 0x20 { return count }
      count += 1
    }
    return -1
  }

  fileprivate func begins(with key: Key, at start: Int, before end: Int) -> Bool {
    guard start + 8 + key.rest.count <= end, littleEndian(UInt64.self, at: start) == key.word else {
      return false
    }
    return copy(start + 8..<start + 8 + key.rest.count).elementsEqual(key.rest)
  }

  /// The texts of a line, which hold no escapes.
  fileprivate func quoted(_ line: Range<Int>) -> [Substring] {
    let parts = String(decoding: copy(line), as: UTF8.self)
      .split(separator: "\"", omittingEmptySubsequences: false)
    return stride(from: 1, to: parts.count - 1, by: 2).map { parts[$0] }
  }
}
