import NNXModel
import NNXSystem

/// The text of a registry that was checked before, of which only what is asked for becomes values.
///
/// nnx's own is checked whole by its tests. A few words of one entry cost a thousandth of all entries.
struct RegistryText: Sendable {
  let bytes: [UInt8]
  let source: String
  let skim: RegistrySkim

  /// - Parameter source: what to call it in errors.
  init(_ bytes: [UInt8], source: String) {
    self.bytes = bytes
    self.source = source
    skim = RegistrySkim(bytes)
  }

  /// A member of the document beside `models`.
  ///
  /// - Throws: `invalid-registry` when it is not there; `invalid-json`.
  func member(_ key: String) throws(NNXError) -> OrderedJSON {
    guard let place = skim.members[key] else {
      throw NNXError(.invalidRegistry, "\(source).\(key) is missing")
    }
    return try OrderedJSON(parsing: Array(bytes[place]), source: source)
  }

  /// All of it.
  var document: OrderedJSON {
    right { () throws(NNXError) in try OrderedJSON(parsing: bytes, source: source) }
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
    try OrderedJSON(parsing: Array(bytes[skim.entries[position].place]), source: source)
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
    let place = skim.entries[position].place
    return words.allSatisfy { word in
      // Other letters may be written in other ways.
      guard word.utf8.allSatisfy({ $0 < 0x80 }) else { return true }
      return spellings(beginning: word).contains { contains(Array($0.utf8), in: place) }
    }
  }

  /// Whether a lower-case text is there, in any case of its letters.
  private func contains(_ text: [UInt8], in place: Range<Int>) -> Bool {
    guard let first = text.first, text.count <= place.count else { return text.isEmpty }
    let lower = { (byte: UInt8) in (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }
    for start in place.lowerBound...(place.upperBound - text.count)
    where lower(bytes[start]) == first {
      if text.indices.allSatisfy({ lower(bytes[start + $0]) == text[$0] }) { return true }
    }
    return false
  }

  private func right<Value>(_ read: () throws(NNXError) -> Value) -> Value {
    do throws(NNXError) { return try read() } catch {
      preconditionFailure("a registry that was checked before is wrong: \(error.message)")
    }
  }
}
