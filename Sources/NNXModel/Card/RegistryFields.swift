import NNXSystem

extension NNXError.Code {
  /// A registry, or one entry of it, is not what docs/format/registry.md says.
  package static let invalidRegistry = NNXError.Code("invalid-registry", .data)
}

/// The members of one object of a registry, read with errors that say where.
package struct RegistryFields {
  package let json: OrderedJSON
  /// Where the object stands: `registry.json: models[3].weights[0]`.
  package let place: String

  /// - Throws: `invalid-registry` when `json` is no object.
  package init(_ json: OrderedJSON, at place: String) throws(NNXError) {
    guard json.members != nil else {
      throw NNXError(.invalidRegistry, "\(place) is not an object")
    }
    self.json = json
    self.place = place
  }

  /// The error for the member `key`.
  package func failure(_ key: String, _ reason: String) -> NNXError {
    NNXError(.invalidRegistry, "\(place).\(key) \(reason)")
  }

  /// The member, `nil` when it is absent or null.
  package func value(_ key: String) -> OrderedJSON? {
    guard let value = json[key], !value.isNull else { return nil }
    return value
  }

  /// A text that must be there, and not empty.
  package func string(_ key: String) throws(NNXError) -> String {
    guard let text = try optionalString(key) else { throw failure(key, "is missing") }
    return text
  }

  /// A text, or `nil` when it is absent or null.
  package func optionalString(_ key: String) throws(NNXError) -> String? {
    guard let value = value(key) else { return nil }
    guard let text = value.string, !text.isEmpty else { throw failure(key, "is not a text") }
    return text
  }

  /// More bytes than any file has, and than numbers of records and years; as many of these as a document
  /// can hold can be added up.
  package static let largestNumber = 1 << 44

  package func int(_ key: String) throws(NNXError) -> Int {
    guard let number = try optionalInt(key) else { throw failure(key, "is missing") }
    return number
  }

  package func optionalInt(_ key: String) throws(NNXError) -> Int? {
    guard let value = value(key) else { return nil }
    guard let number = value.int, (0...RegistryFields.largestNumber).contains(number) else {
      throw failure(key, "is not a whole number")
    }
    return number
  }

  package func bool(_ key: String) throws(NNXError) -> Bool {
    guard let flag = value(key)?.bool else { throw failure(key, "is not true or false") }
    return flag
  }

  package func optionalBool(_ key: String) throws(NNXError) -> Bool? {
    value(key) == nil ? nil : try bool(key)
  }

  package func number(_ key: String) throws(NNXError) -> Double {
    guard let number = try optionalNumber(key) else { throw failure(key, "is missing") }
    return number
  }

  package func optionalNumber(_ key: String) throws(NNXError) -> Double? {
    guard let value = value(key) else { return nil }
    guard let number = value.double, number.isFinite else { throw failure(key, "is not a number") }
    return number
  }

  /// Refuses members of other names.
  package func allow(_ keys: [String]) throws(NNXError) {
    for member in json.members ?? [] where !keys.contains(member.key) {
      throw failure(member.key, "is not known here")
    }
  }

  /// One of the words of `type`.
  package func word<Word: RawRepresentable>(
    _ key: String, _ type: Word.Type
  ) throws(NNXError) -> Word where Word.RawValue == String {
    guard let word = try optionalWord(key, type) else { throw failure(key, "is missing") }
    return word
  }

  /// One of the words of `type`, or `nil` when it is absent or null.
  package func optionalWord<Word: RawRepresentable>(
    _ key: String, _ type: Word.Type
  ) throws(NNXError) -> Word? where Word.RawValue == String {
    guard let text = try optionalString(key) else { return nil }
    guard let word = Word(rawValue: text) else {
      throw failure(key, "is '\(text.excerpt)', which nnx does not know")
    }
    return word
  }

  /// The texts of a list; empty when it is absent.
  package func strings(_ key: String) throws(NNXError) -> [String] {
    try optionalArray(key, "a list of texts") { $0.string } ?? []
  }

  /// The elements of a list that `read` understands, or `nil` when it is absent or null.
  package func optionalArray<Element>(
    _ key: String, _ what: String, _ read: (OrderedJSON) -> Element?
  ) throws(NNXError) -> [Element]? {
    guard let value = value(key) else { return nil }
    guard let items = value.array else { throw failure(key, "is not \(what)") }
    var elements: [Element] = []
    for item in items {
      guard let element = read(item) else { throw failure(key, "is not \(what)") }
      elements.append(element)
    }
    return elements
  }

  /// The object called `key`, or `nil` when it is absent or null.
  package func object(_ key: String) throws(NNXError) -> RegistryFields? {
    guard let value = value(key) else { return nil }
    return try RegistryFields(value, at: "\(place).\(key)")
  }

  /// The objects of a list, each made into an element; empty when it is absent.
  package func list<Element>(
    _ key: String, _ make: (RegistryFields) throws(NNXError) -> Element
  ) throws(NNXError) -> [Element] {
    guard let value = value(key) else { return [] }
    guard let items = value.array else { throw failure(key, "is not a list") }
    var elements: [Element] = []
    for (index, item) in items.enumerated() {
      elements.append(try make(RegistryFields(item, at: "\(place).\(key)[\(index)]")))
    }
    return elements
  }

  /// As `list`, and not empty.
  package func filledList<Element>(
    _ key: String, _ make: (RegistryFields) throws(NNXError) -> Element
  ) throws(NNXError) -> [Element] {
    let elements = try list(key, make)
    if elements.isEmpty { throw failure(key, "is missing or empty") }
    return elements
  }
}
