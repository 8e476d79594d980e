import NNXModel
import NNXSystem

/// The text of the registry that nnx carries, of which only what is asked for becomes values.
///
/// It is checked whole by the tests. A few words of one entry cost a thousandth of all entries.
struct RegistryText: Sendable {
  let source: String
  let skim: RegistrySkim

  /// - Parameter source: what to call it in errors.
  init(source: String) {
    self.source = source
    skim = Resource.registry.withBytes { RegistrySkim($0) }
  }

  private func bytes(_ place: Range<Int>) -> [UInt8] {
    Resource.registry.withBytes { $0.copy(place) }
  }

  /// A member of the document beside `models`.
  ///
  /// - Throws: `invalid-registry` when it is not there; `invalid-json`.
  func member(_ key: String) throws(NNXError) -> OrderedJSON {
    guard let place = skim.members[key] else {
      throw NNXError(.invalidRegistry, "\(source).\(key) is missing")
    }
    return try OrderedJSON(parsing: bytes(place), source: source)
  }

  /// All of it.
  var document: OrderedJSON {
    right { () throws(NNXError) in try OrderedJSON(parsing: Resource.registry.bytes, source: source)
    }
  }

  var collections: [String: Registry.Collection] {
    right { () throws(NNXError) in
      let table = try member("collections")
      do throws(DocumentProblem) {
        return try table.decode([String: Registry.Collection].self, .sparse)
      } catch {
        throw NNXError(.invalidRegistry, error.within("collections").sentence(in: source))
      }
    }
  }

  var citations: [String: Citation] {
    right { () throws(NNXError) in
      try Registry.citations(member("citations"), at: source)
    }
  }

  /// The entry at a position, as it stands there.
  ///
  /// - Throws: `invalid-json`.
  func entry(_ position: Int) throws(NNXError) -> OrderedJSON {
    try OrderedJSON(parsing: bytes(skim.entries[position].place), source: source)
  }

  /// The entry at a position.
  func card(_ position: Int, citing works: [String: Citation]) -> ModelCard {
    right { () throws(NNXError) in
      try ModelCard(
        parsing: entry(position), citations: works, at: "\(source).models[\(position)]")
    }
  }

  /// Whether the entry at a position may have a word that begins with each of `words`, as
  /// `searchWords` makes them: where it has not, its card need not be made.
  func mayHave(_ words: [String], at position: Int) -> Bool {
    let pieces = skim.entries[position].pieces
    return Resource.registry.withBytes { bytes in
      words.allSatisfy { word in
        // Other letters may be written in other ways.
        guard word.utf8.allSatisfy({ $0 < 0x80 }) else { return true }
        return spellings(beginning: word).contains { spelling in
          let text = Array(spelling.utf8)
          return pieces.contains { bytes.extracting($0).contains(lower: text) }
        }
      }
    }
  }

  private func right<Value>(_ read: () throws(NNXError) -> Value) -> Value {
    do throws(NNXError) { return try read() } catch {
      preconditionFailure("a registry that was checked before is wrong: \(error.message)")
    }
  }
}

extension RawSpan {
  /// Whether a lower-case text is there, in any case of its letters.
  fileprivate func contains(lower text: [UInt8]) -> Bool {
    guard let first = text.first, text.count <= byteCount else { return text.isEmpty }
    let lower = { (byte: UInt8) in (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }
    for start in 0...(byteCount - text.count) where lower(byte(at: start)) == first {
      if text.indices.allSatisfy({ lower(byte(at: start + $0)) == text[$0] }) { return true }
    }
    return false
  }
}
