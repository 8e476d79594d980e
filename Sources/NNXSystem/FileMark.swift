/// How nnx knows files of its own that no run record names, by something in them that nobody else writes, and
/// that nobody changed them, by a seal: the SHA-256 of all else in the file.
package enum FileMark {
  /// For members of PNG files.
  package static let generator = "nnx \(Version.current)"

  /// JSON whose `schema` begins like this, as `OrderedJSON.marked` gives it, with its seal.
  package static func json(
    _ schema: String
  ) -> @Sendable (_ path: String) -> OutputPlan.Author {
    { path in
      guard let json = try? OrderedJSON(contentsOf: path),
        json["schema"]?.string?.hasPrefix(schema) == true
      else { return .someone }
      guard json[sealName] != nil else { return .untold }
      return json.isSealBroken ? .changed : .nnx
    }
  }

  /// A PNG file as `markedPNG` gives it.
  package static func png(_ path: String) -> OutputPlan.Author {
    let mark = Array("tEXtSoftware\0nnx ".utf8)
    // 8 bytes of signature, 25 of header, 4 of the chunk's length: https://www.w3.org/TR/png-3/
    let start = beginning(of: path, count: 37 + mark.count)
    guard start.count == 37 + mark.count, Array(start[37...]) == mark else { return .someone }
    let bytes = beginning(of: path, count: .max)
    let length = bytes[33..<37].reduce(0) { $0 << 8 + Int($1) }
    // The chunk has four bytes each of length, type and check sum; the seal's is the next.
    let seal = 33 + 12 + length
    let head = Array("tEXt\(sealName)\0".utf8)
    let end = seal + 12 + head.count - 4 + 64
    guard end <= bytes.count, Array(bytes[(seal + 4)...].prefix(head.count)) == head else {
      return .untold
    }
    let known = String(decoding: bytes[(end - 68)..<(end - 4)], as: UTF8.self)
    return known == Digest.sha256(Array(bytes[..<33] + bytes[end...])) ? .nnx : .changed
  }

  /// A page that names nnx as its generator, with its seal.
  package static func page(_ path: String) -> OutputPlan.Author {
    let text = String(decoding: beginning(of: path, count: 4096), as: UTF8.self)
    return text.contains("<meta name=\"generator\" content=\"nnx ") ? sealed(path) : .someone
  }

  /// A text that begins with one of these, with its seal where it has one.
  package static func sealedText(
    _ beginnings: [String]
  ) -> @Sendable (_ path: String) -> OutputPlan.Author {
    let begins = text(beginnings)
    return { path in begins(path) == .nnx ? sealed(path) : .someone }
  }

  /// A text with its seal in a comment at its end.
  ///
  /// - Parameter comment: what the format puts before and behind a comment.
  package static func seal(
    _ text: String, comment: (before: String, behind: String)
  ) -> String {
    "\(text)\(comment.before)\(sealName) \(Digest.sha256(text))\(comment.behind)\n"
  }

  /// What the last line says of all before it.
  private static func sealed(_ path: String) -> OutputPlan.Author {
    let bytes = beginning(of: path, count: .max)
    let newline = UInt8(ascii: "\n")
    let end = bytes.last == newline ? bytes.count - 1 : bytes.count
    let start = bytes[..<end].lastIndex(of: newline).map { $0 + 1 } ?? 0
    let line = String(decoding: bytes[start..<end], as: UTF8.self)
    guard let mark = line.firstPlace(of: "\(sealName) ") else { return .untold }
    let known = line[mark.upperBound...].prefix(64)
    return known == Digest.sha256(Array(bytes[..<start])) ? .nnx : .changed
  }

  /// What the seal is called in files.
  package static let sealName = "nnx-seal"

  /// A text that begins with one of these.
  package static func text(
    _ beginnings: [String]
  ) -> @Sendable (_ path: String) -> OutputPlan.Author {
    { path in
      let longest = beginnings.map(\.utf8.count).max() ?? 0
      let start = beginning(of: path, count: longest)
      return beginnings.contains { start.starts(with: $0.utf8) } ? .nnx : .someone
    }
  }

  /// A table whose first columns have the names of one of these, whatever stands between them: its format has no
  /// place for a seal.
  package static func table(
    _ headers: [[String]]
  ) -> @Sendable (_ path: String) -> OutputPlan.Author {
    { path in
      let line = beginning(of: path, count: 1024).prefix { $0 != UInt8(ascii: "\n") }
      let names = line.split {
        [UInt8(ascii: ","), UInt8(ascii: "\t"), UInt8(ascii: " ")].contains($0)
      }
      .map { String(decoding: $0, as: UTF8.self) }
      return headers.contains { names.starts(with: $0) } ? .untold : .someone
    }
  }

  /// Whoever of these knows the file.
  package static func any(
    _ marks: (@Sendable (_ path: String) -> OutputPlan.Author)...
  ) -> @Sendable (_ path: String) -> OutputPlan.Author {
    { path in
      for mark in marks {
        let author = mark(path)
        if author != .someone { return author }
      }
      return .someone
    }
  }

  private static func beginning(of path: String, count: Int) -> [UInt8] {
    guard let file = try? FileReader(path) else { return [] }
    return (try? file.bytes(at: 0, count: min(count, file.count))) ?? []
  }
}

extension OrderedJSON {
  /// The object with a first member that tells its shape, and that nnx wrote it, and a last one by which nnx
  /// knows that nobody changed it.
  package func marked(_ schema: String) -> OrderedJSON {
    OrderedJSON.object([.init("schema", .string(schema))] + (members ?? [])).sealed
  }

  /// The object with the last member by which nnx knows that nobody changed it.
  package var sealed: OrderedJSON {
    let others = (members ?? []).filter { $0.key != FileMark.sealName }
    return .object(others + [.init(FileMark.sealName, .string(seal))])
  }

  /// Whether somebody changed the object after it was sealed.
  package var isSealBroken: Bool { self[FileMark.sealName].map { $0.string != seal } ?? false }

  /// Digest of all members but the seal.
  fileprivate var seal: String {
    let others = (members ?? []).filter { $0.key != FileMark.sealName }
    return Digest.sha256(OrderedJSON.object(others).text())
  }
}
