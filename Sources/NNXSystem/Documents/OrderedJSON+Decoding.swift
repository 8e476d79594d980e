extension OrderedJSON {
  /// Reads a value out of the document.
  ///
  /// Members that are `null` count as absent; members that `T` does not know are passed over, unless it
  /// refuses them (`refuseUnknown`).
  ///
  /// - Throws: the first thing that is wrong, with its place.
  package func decode<T: Decodable>(
    _ type: T.Type = T.self, _ rules: ReadingRules = ReadingRules()
  ) throws(DocumentProblem) -> T {
    do { return try JSONReading(self, rules).read(type) } catch { throw DocumentProblem(error) }
  }
}

extension OrderedJSON: Decodable {
  /// The value as it stands in the document.
  package init(from decoder: any Decoder) throws {
    self = try JSONReading.of(decoder).value
  }
}

/// A type that says what it is when its member is absent or `null`.
package protocol ReadsAbsence: Decodable {
  /// `nil`: then it has to be there.
  static func absent(_ rules: ReadingRules) -> Self?
}

extension KeyedDecodingContainer {
  /// What the compiler knows of a type need not be asked at run time, where it costs the more the larger a
  /// program is.
  package func decode<T: ReadsAbsence>(_ type: T.Type, forKey key: Key) throws -> T {
    guard contains(key) else {
      let owner = try JSONReading.of(superDecoder())
      guard let value = T.absent(owner.rules) else {
        throw DocumentProblem(at: owner.rules.written(key), "is missing")
      }
      return value
    }
    let reading = try JSONReading.of(superDecoder(forKey: key))
    do { return try reading.readUnchecked(type) } catch {
      throw DocumentProblem(error).within(reading.rules.written(key))
    }
  }
}

extension Array: ReadsAbsence where Element: Decodable {
  package static func absent(_ rules: ReadingRules) -> [Element]? {
    rules.absentListsAreEmpty ? [] : nil
  }
}

/// One value of a document while it is read.
struct JSONReading: Decoder, SingleValueDecodingContainer {
  let value: OrderedJSON
  let rules: ReadingRules
  /// Places are made from keys on the way out of an error (`DocumentProblem.within`).
  var codingPath: [any CodingKey] { [] }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  init(_ value: OrderedJSON, _ rules: ReadingRules) {
    self.value = value
    self.rules = rules
  }

  /// - Throws: when a type is read from something else than `OrderedJSON`.
  static func of(_ decoder: any Decoder) throws -> JSONReading {
    guard let reading = decoder as? JSONReading else {
      throw DocumentProblem("can only be read from OrderedJSON")
    }
    return reading
  }

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    guard case .object(let members) = value else { throw DocumentProblem("is not an object") }
    return KeyedDecodingContainer(MembersReading<Key>(members: members, rules: rules))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    guard case .array(let elements) = value else { throw DocumentProblem("is not a list") }
    return ElementsReading(elements: elements, rules: rules)
  }

  func singleValueContainer() throws -> any SingleValueDecodingContainer { self }

  func decodeNil() -> Bool { value.isNull }

  func decode<T: Decodable>(_ type: T.Type) throws -> T { try read(type) }

  func read<T: Decodable>(_ type: T.Type) throws -> T {
    let value = try readUnchecked(type)
    if T.self is any SelfChecking.Type { try (value as? any SelfChecking)?.check() }
    return value
  }

  func readUnchecked<T: Decodable>(_ type: T.Type) throws -> T {
    // Without the first test, an optional `T` would take the lack of a plain value for its `nil`.
    if let plain = try plain(type), let value = plain as? T { return value }
    return try T(from: self)
  }

  /// A value that has no members of its own; `nil` for a type that reads itself.
  private func plain(_ type: Any.Type) throws -> Any? {
    if type == String.self { return try text() }
    if type == Int.self { return try int() }
    if type == Double.self { return try double() }
    if type == Bool.self { return try bool() }
    if type == [String].self { return try list("a list of texts") { $0.string } }
    if type == [Int].self { return try list("a list of whole numbers") { $0.int } }
    guard type == [Double].self else { return nil }
    return try list("a list of numbers") {
      $0.double.flatMap { $0.isFinite || rules.allowsNonFinite ? $0 : nil }
    }
  }

  func text(allowsEmpty: Bool? = nil) throws -> String {
    guard case .string(let text) = value, allowsEmpty ?? rules.allowsEmptyTexts || !text.isEmpty
    else { throw DocumentProblem("is not a text") }
    return text
  }

  func int() throws -> Int {
    guard let number = value.int, rules.wholeNumbers.contains(number) else {
      throw DocumentProblem("is not a whole number")
    }
    return number
  }

  private func double() throws -> Double {
    guard let number = value.double, number.isFinite || rules.allowsNonFinite else {
      throw DocumentProblem("is not a number")
    }
    return number
  }

  private func bool() throws -> Bool {
    guard case .bool(let flag) = value else { throw DocumentProblem("is not true or false") }
    return flag
  }

  private func list<Element>(
    _ kind: String, _ read: (OrderedJSON) -> Element?
  ) throws -> [Element] {
    guard case .array(let values) = value else { throw DocumentProblem("is not \(kind)") }
    return try values.map {
      guard let element = read($0) else { throw DocumentProblem("is not \(kind)") }
      return element
    }
  }
}

/// The members of an object.
private struct MembersReading<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let members: [OrderedJSON.Member]
  let rules: ReadingRules
  var codingPath: [any CodingKey] { [] }

  var allKeys: [Key] { members.compactMap { Key(stringValue: $0.key) } }

  private func written(_ key: Key) -> String { rules.written(key) }

  /// The member's value; `nil` when it is absent or `null`.
  private func reading(_ key: Key) -> JSONReading? {
    let name = written(key)
    guard let value = members.first(where: { $0.key == name })?.value, !value.isNull else {
      return nil
    }
    return JSONReading(value, rules)
  }

  private func at<Value>(
    _ key: Key, _ read: (JSONReading) throws -> Value, absent: Value? = nil
  ) throws -> Value {
    do {
      if let reading = reading(key) { return try read(reading) }
      guard let absent else { throw DocumentProblem("is missing") }
      return absent
    } catch { throw DocumentProblem(error).within(written(key)) }
  }

  func contains(_ key: Key) -> Bool { reading(key) != nil }

  func decodeNil(forKey key: Key) -> Bool { reading(key) == nil }

  func decode(_ type: String.Type, forKey key: Key) throws -> String {
    try at(key) { try $0.text() }
  }

  func decode(_ type: Int.Type, forKey key: Key) throws -> Int { try at(key) { try $0.int() } }

  func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
    guard let reading = reading(key) else {
      guard let value = (T.self as? any ReadsAbsence.Type)?.absent(rules) as? T else {
        throw DocumentProblem(at: written(key), "is missing")
      }
      return value
    }
    do { return try reading.read(type) } catch {
      throw DocumentProblem(error).within(written(key))
    }
  }

  func decodeIfPresent(_ type: String.Type, forKey key: Key) throws -> String? {
    try at(key, { try $0.text() }, absent: .some(nil))
  }

  func decodeIfPresent<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T? {
    try at(key, { try $0.read(type) }, absent: .some(nil))
  }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) throws -> KeyedDecodingContainer<Nested> {
    try at(key) { try $0.container(keyedBy: type) }
  }

  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    try at(key) { try $0.unkeyedContainer() }
  }

  func superDecoder() throws -> any Decoder { JSONReading(.object(members), rules) }

  func superDecoder(forKey key: Key) throws -> any Decoder { try at(key) { $0 } }
}

/// The elements of a list.
private struct ElementsReading: UnkeyedDecodingContainer {
  let elements: [OrderedJSON]
  let rules: ReadingRules
  var currentIndex = 0
  /// Whether the type that was read last checks itself: a list has one, and asking for each element costs.
  private var known: (type: Any.Type, isSelfChecking: Bool)?
  var codingPath: [any CodingKey] { [] }
  var count: Int? { elements.count }
  var isAtEnd: Bool { currentIndex == elements.count }

  init(elements: [OrderedJSON], rules: ReadingRules) {
    self.elements = elements
    self.rules = rules
  }

  private mutating func next<Value>(_ read: (JSONReading) throws -> Value) throws -> Value {
    do {
      guard !isAtEnd else { throw DocumentProblem("is missing") }
      let value = try read(JSONReading(elements[currentIndex], rules))
      currentIndex += 1
      return value
    } catch { throw DocumentProblem(error).within(currentIndex) }
  }

  mutating func decodeNil() throws -> Bool {
    guard !isAtEnd, elements[currentIndex].isNull else { return false }
    currentIndex += 1
    return true
  }

  mutating func decode<T: Decodable>(_ type: T.Type) throws -> T {
    if known?.type != type { known = (type, type is any SelfChecking.Type) }
    guard known?.isSelfChecking == false else { return try next { try $0.read(type) } }
    return try next { try $0.readUnchecked(type) }
  }

  mutating func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type
  ) throws -> KeyedDecodingContainer<Nested> { try next { try $0.container(keyedBy: type) } }

  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
    try next { try $0.unkeyedContainer() }
  }

  mutating func superDecoder() throws -> any Decoder { try next { $0 } }
}
