/// How nnx knows files of its own that no run record names: by something in them that nobody else writes.
package enum FileMark {
  /// For members of PNG files.
  package static let generator = "nnx \(Version.current)"

  /// JSON whose `schema` begins like this, as `OrderedJSON.marked` gives it.
  package static func json(
    _ schema: String
  ) -> @Sendable (_ path: String) -> OutputPlan.Author {
    { path in
      let json = try? OrderedJSON(contentsOf: path)
      return json?["schema"]?.string?.hasPrefix(schema) == true ? .nnx : .someone
    }
  }

  /// A PNG file whose first chunk after the header names nnx as its software.
  package static func png(_ path: String) -> OutputPlan.Author {
    let mark = Array("tEXtSoftware\0nnx ".utf8)
    // 8 bytes of signature, 25 of header, 4 of the chunk's length: https://www.w3.org/TR/png-3/
    let start = beginning(of: path, count: 37 + mark.count)
    return start.count == 37 + mark.count && Array(start[37...]) == mark ? .nnx : .someone
  }

  /// A page that names nnx as its generator.
  package static func page(_ path: String) -> OutputPlan.Author {
    let text = String(decoding: beginning(of: path, count: 4096), as: UTF8.self)
    return text.contains("<meta name=\"generator\" content=\"nnx ") ? .nnx : .someone
  }

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

  /// A table whose first columns have the names of one of these, whatever stands between them.
  package static func table(
    _ headers: [[String]]
  ) -> @Sendable (_ path: String) -> OutputPlan.Author {
    { path in
      let line = beginning(of: path, count: 1024).prefix { $0 != UInt8(ascii: "\n") }
      let names = line.split {
        [UInt8(ascii: ","), UInt8(ascii: "\t"), UInt8(ascii: " ")].contains($0)
      }
      .map { String(decoding: $0, as: UTF8.self) }
      return headers.contains { names.starts(with: $0) } ? .nnx : .someone
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
  /// The object with a first member that tells its shape, and that nnx wrote it.
  package func marked(_ schema: String) -> OrderedJSON {
    .object([.init("schema", .string(schema))] + (members ?? []))
  }
}
