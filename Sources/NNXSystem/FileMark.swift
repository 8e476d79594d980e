/// How nnx knows files of its own that no run record names: by something in them that nobody else writes.
package enum FileMark {
  /// For members of JSON documents and of PNG files, and for the generator of a page.
  package static let generator = "nnx \(Version.current)"

  /// An object whose `schema` is one of nnx's, or that names nnx as its `generator`.
  package static func isJSON(_ path: String) -> OutputPlan.Author {
    guard let json = try? OrderedJSON(contentsOf: path) else { return .someone }
    let isOurs =
      json["schema"]?.string?.hasPrefix("nnx.") == true
      || json["generator"]?.string?.hasPrefix("nnx ") == true
    return isOurs ? .nnx : .someone
  }

  /// A PNG file whose first chunk after the header names nnx as its software.
  package static func isPNG(_ path: String) -> OutputPlan.Author {
    let mark = Array("tEXtSoftware\0nnx ".utf8)
    // 8 bytes of signature, 25 of header, 4 of the chunk's length: https://www.w3.org/TR/png-3/
    let start = beginning(of: path, count: 37 + mark.count)
    return start.count == 37 + mark.count && Array(start[37...]) == mark ? .nnx : .someone
  }

  /// A text that begins with one of these.
  package static func begins(
    with texts: [String]
  ) -> @Sendable (_ path: String) -> OutputPlan.Author {
    { path in
      let longest = texts.map(\.utf8.count).max() ?? 0
      let start = beginning(of: path, count: longest)
      return texts.contains { start.starts(with: $0.utf8) } ? .nnx : .someone
    }
  }

  private static func beginning(of path: String, count: Int) -> [UInt8] {
    guard let file = try? FileReader(path) else { return [] }
    return (try? file.bytes(at: 0, count: min(count, file.count))) ?? []
  }
}

extension OrderedJSON {
  /// The object with a first member that tells its shape and that nnx wrote it.
  package func marked(_ schema: String) -> OrderedJSON {
    .object([.init("schema", .string(schema))] + (members ?? []))
  }

  /// The object with a last member that tells that nnx wrote it: for shapes that are others'.
  package var generated: OrderedJSON {
    .object((members ?? []) + [.init("generator", .string(FileMark.generator))])
  }
}
