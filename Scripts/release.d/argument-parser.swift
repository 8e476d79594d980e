// What ArgumentParser asks of Foundation, without Foundation: what an error says, and the help as JSON. A release has
// it in the place of ArgumentParser's Utilities/Foundation.swift (Scripts/release.d/link): 5 MB less. The JSON is
// byte for byte the same.

extension Error {
  func describe() -> String { String(describing: self) }
}

enum JSONEncoder {
  static func encode<T: Encodable>(_ value: T) -> String {
    guard let json = try? Node(value) else { return "" }
    return json.text("\n")
  }
}

private final class Node {
  var literal: String?
  var list: [Node]?
  var members: [String: Node] = [:]

  init() {}
  init<T: Encodable>(_ value: T) throws { try write(value) }

  func write<T: Encodable>(_ value: T) throws {
    switch value {
    case let text as String: literal = quoted(text)
    case let flag as Bool: literal = "\(flag)"
    case let number as any Numeric: literal = "\(number)"
    default: try value.encode(to: Writer(node: self))
    }
  }

  /// - Parameter line: a new line and its indentation.
  func text(_ line: String) -> String {
    if let literal { return literal }
    let inner = line + "  "
    let parts =
      list?.map { $0.text(inner) }
      ?? members.sorted { $0.key < $1.key }.map { "\(quoted($0.key)) : \($0.value.text(inner))" }
    let content = parts.isEmpty ? "\n" : inner + parts.joined(separator: "," + inner)
    return list == nil ? "{\(content)\(line)}" : "[\(content)\(line)]"
  }
}

private func quoted(_ text: String) -> String {
  var result = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"", "\\", "/": result += "\\\(scalar)"
    case "\n": result += "\\n"
    case "\r": result += "\\r"
    case "\t": result += "\\t"
    case "\u{8}": result += "\\b"
    case "\u{C}": result += "\\f"
    case ..<" ":
      let digits = String(scalar.value, radix: 16)
      result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result + "\""
}

/// The one value of a node.
private struct Writer: Encoder, SingleValueEncodingContainer {
  let node: Node
  let codingPath: [any CodingKey] = []
  let userInfo: [CodingUserInfoKey: Any] = [:]

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    KeyedEncodingContainer(Members(node: node))
  }
  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    node.list = []
    return List(node: node)
  }
  func singleValueContainer() -> any SingleValueEncodingContainer { self }

  func encodeNil() { node.literal = "null" }
  func encode<T: Encodable>(_ value: T) throws { try node.write(value) }
}

private struct Members<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let node: Node
  let codingPath: [any CodingKey] = []

  func member(_ key: any CodingKey) -> Writer {
    let member = Node()
    node.members[key.stringValue] = member
    return Writer(node: member)
  }

  func encodeNil(forKey key: Key) { member(key).encodeNil() }
  func encode<T: Encodable>(_ value: T, forKey key: Key) throws { try member(key).encode(value) }
  func nestedContainer<Inner: CodingKey>(
    keyedBy type: Inner.Type, forKey key: Key
  ) -> KeyedEncodingContainer<Inner> { member(key).container(keyedBy: type) }
  func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
    member(key).unkeyedContainer()
  }
  func superEncoder() -> any Encoder { Writer(node: node) }
  func superEncoder(forKey key: Key) -> any Encoder { member(key) }
}

private struct List: UnkeyedEncodingContainer {
  let node: Node
  let codingPath: [any CodingKey] = []
  var count: Int { node.list?.count ?? 0 }

  func element() -> Writer {
    let element = Node()
    node.list?.append(element)
    return Writer(node: element)
  }

  func encodeNil() { element().encodeNil() }
  func encode<T: Encodable>(_ value: T) throws { try element().encode(value) }
  func nestedContainer<Inner: CodingKey>(
    keyedBy type: Inner.Type
  ) -> KeyedEncodingContainer<Inner> { element().container(keyedBy: type) }
  func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { element().unkeyedContainer() }
  func superEncoder() -> any Encoder { element() }
}
