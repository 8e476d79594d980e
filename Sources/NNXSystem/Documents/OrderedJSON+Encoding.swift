extension OrderedJSON {
  /// A value as a document: members in the order in which their type declares them.
  ///
  /// - Parameters:
  ///   - omitsNull: leaves members out that are `nil`; else they are `null`.
  ///   - snakeCase: writes keys `like_this`.
  package init(encoding value: some Encodable, omitsNull: Bool = false, snakeCase: Bool = false) {
    do {
      self = try JSONWriting(omitsNull: omitsNull, snakeCase: snakeCase).written(value)
    } catch {
      preconditionFailure("no value of a document refuses to be written: \(error)")
    }
  }
}

extension OrderedJSON: Encodable {
  package func encode(to encoder: any Encoder) throws {
    switch self {
    case .null: try encoder.encodePlainly { try $0.encodeNil() }
    case .bool(let value): try encoder.encodePlainly { try $0.encode(value) }
    case .int(let value): try encoder.encodePlainly { try $0.encode(value) }
    case .double(let value): try encoder.encodePlainly { try $0.encode(value) }
    case .string(let value): try encoder.encodePlainly { try $0.encode(value) }
    case .array(let elements):
      var container = encoder.unkeyedContainer()
      for element in elements { try container.encode(element) }
    case .object(let members):
      var container = encoder.container(keyedBy: MemberKey.self)
      for member in members { try container.encode(member.value, forKey: MemberKey(member.key)) }
    }
  }
}

/// A type that leaves its member out of a document for some of its values.
package protocol Omittable: Encodable {
  var isOmitted: Bool { get }
}

extension Encoder {
  fileprivate func encodePlainly(
    _ write: (inout any SingleValueEncodingContainer) throws -> Void
  ) throws {
    var container = singleValueContainer()
    try write(&container)
  }

  /// Whether members that say nothing are left out of the document.
  package var omitsNull: Bool { (self as? JSONWriting)?.omitsNull ?? false }
}

/// One value of a document while it is written.
private final class JSONWriting: Encoder, SingleValueEncodingContainer {
  let omitsNull: Bool
  let snakeCase: Bool
  /// What was written when it is neither an object nor a list.
  private var plain = OrderedJSON.null
  private var members: [(key: String, value: JSONWriting)]?
  private var elements: [JSONWriting]?
  var codingPath: [any CodingKey] { [] }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  init(omitsNull: Bool, snakeCase: Bool) {
    self.omitsNull = omitsNull
    self.snakeCase = snakeCase
  }

  /// What was written.
  private var value: OrderedJSON {
    if let elements { return .array(elements.map(\.value)) }
    guard let members else { return plain }
    return .object(
      members.compactMap {
        let value = $0.value.value
        return omitsNull && value.isNull ? nil : OrderedJSON.Member($0.key, value)
      })
  }

  func written(_ value: some Encodable) throws -> OrderedJSON {
    try encode(value)
    return self.value
  }

  func encode<T: Encodable>(_ value: T) throws {
    switch value {
    case let value as OrderedJSON: plain = value
    case let value as String: plain = .string(value)
    case let value as Int: plain = .int(value)
    case let value as Double: plain = .double(value)
    case let value as Bool: plain = .bool(value)
    default: try value.encode(to: self)
    }
  }

  func encodeNil() { plain = .null }

  func member(_ key: any CodingKey) -> JSONWriting {
    let writing = JSONWriting(omitsNull: omitsNull, snakeCase: snakeCase)
    members?.append((snakeCase ? key.stringValue.snakeCased : key.stringValue, writing))
    return writing
  }

  func element() -> JSONWriting {
    let writing = JSONWriting(omitsNull: omitsNull, snakeCase: snakeCase)
    elements?.append(writing)
    return writing
  }

  var count: Int { elements?.count ?? 0 }

  /// A second container of members continues the first: so a value can lie flat in its owner's object.
  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    members = members ?? []
    return KeyedEncodingContainer(MembersWriting<Key>(owner: self))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    elements = elements ?? []
    return ElementsWriting(owner: self)
  }

  func singleValueContainer() -> any SingleValueEncodingContainer { self }
}

private struct MembersWriting<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let owner: JSONWriting
  var codingPath: [any CodingKey] { [] }

  func encodeNil(forKey key: Key) { owner.member(key).encodeNil() }

  func encode<T: Encodable>(_ value: T, forKey key: Key) throws {
    if let value = value as? any Omittable, value.isOmitted { return }
    try owner.member(key).encode(value)
  }

  private func write<T: Encodable>(_ value: T?, _ key: Key) throws {
    if let value { try encode(value, forKey: key) } else { encodeNil(forKey: key) }
  }

  // The protocol's own versions leave `nil` out; one for each kind of value that documents hold.
  func encodeIfPresent(_ value: String?, forKey key: Key) throws { try write(value, key) }
  func encodeIfPresent(_ value: Int?, forKey key: Key) throws { try write(value, key) }
  func encodeIfPresent(_ value: Double?, forKey key: Key) throws { try write(value, key) }
  func encodeIfPresent(_ value: Bool?, forKey key: Key) throws { try write(value, key) }
  func encodeIfPresent<T: Encodable>(_ value: T?, forKey key: Key) throws { try write(value, key) }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) -> KeyedEncodingContainer<Nested> { owner.member(key).container(keyedBy: type) }

  func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
    owner.member(key).unkeyedContainer()
  }

  func superEncoder() -> any Encoder { owner }

  func superEncoder(forKey key: Key) -> any Encoder { owner.member(key) }
}

private struct ElementsWriting: UnkeyedEncodingContainer {
  let owner: JSONWriting
  var codingPath: [any CodingKey] { [] }
  var count: Int { owner.count }

  func encodeNil() { owner.element().encodeNil() }

  func encode<T: Encodable>(_ value: T) throws { try owner.element().encode(value) }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type
  ) -> KeyedEncodingContainer<Nested> { owner.element().container(keyedBy: type) }

  func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
    owner.element().unkeyedContainer()
  }

  func superEncoder() -> any Encoder { owner.element() }
}
