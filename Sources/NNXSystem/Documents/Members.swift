/// An object put together of values of any kind, for answers that no type describes.
///
/// Members keep their order; `nil` is written as `null`.
package struct Members: Encodable, ExpressibleByDictionaryLiteral {
  private var members: [(key: String, value: (any Encodable)?)]

  package init(dictionaryLiteral elements: (String, (any Encodable)?)...) {
    members = elements.map { ($0, $1) }
  }

  package init(_ members: [(String, some Encodable)]) {
    self.members = members.map { ($0, $1) }
  }

  /// The members of an object of a document.
  package init(_ object: OrderedJSON) {
    members = (object.members ?? []).map { ($0.key, $0.value) }
  }

  package static func + (first: Members, second: Members) -> Members {
    var sum = first
    sum.members += second.members
    return sum
  }

  package func without(_ key: String) -> Members {
    var rest = self
    rest.members.removeAll { $0.key == key }
    return rest
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: MemberKey.self)
    for (key, value) in members {
      if let value {
        try container.encode(value, forKey: MemberKey(key))
      } else {
        try container.encodeNil(forKey: MemberKey(key))
      }
    }
  }
}

/// A key that is known when the document is.
package struct MemberKey: CodingKey {
  package let stringValue: String
  package var intValue: Int? { nil }

  package init(_ key: String) { stringValue = key }
  package init(stringValue: String) { self.init(stringValue) }
  package init?(intValue: Int) { nil }
}

extension Decoder {
  /// Refuses members of other names.
  package func allow(_ keys: [any CodingKey]) throws {
    let names = keys.map(\.stringValue)
    for key in try container(keyedBy: MemberKey.self).allKeys
    where !names.contains(key.stringValue) {
      throw DocumentProblem(at: key.stringValue, "is not known here")
    }
  }
}
