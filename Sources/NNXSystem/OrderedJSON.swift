/// A JSON value that keeps the order of an object's keys and tells integers from other numbers.
///
/// nnU-Net maps the channels of region models to labels by the order of keys in `dataset.json`, and
/// Python writes `NaN` and `Infinity`; the JSON decoders of Foundation lose the first and refuse the
/// second.
package enum OrderedJSON: Equatable, Sendable {
  case null
  case bool(Bool)
  case int(Int)
  case double(Double)
  case string(String)
  case array([OrderedJSON])
  case object([Member])

  package struct Member: Equatable, Sendable {
    package var key: String
    package var value: OrderedJSON

    package init(_ key: String, _ value: OrderedJSON) {
      self.key = key
      self.value = value
    }
  }
}

extension OrderedJSON {
  /// The member called `key`; `nil` when this is no object or has no such member.
  package subscript(key: String) -> OrderedJSON? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.key == key }?.value
  }

  /// Whether the value is present and not `null`.
  package var isNull: Bool { self == .null }

  package var string: String? {
    guard case .string(let value) = self else { return nil }
    return value
  }

  package var bool: Bool? {
    guard case .bool(let value) = self else { return nil }
    return value
  }

  package var int: Int? {
    switch self {
    case .int(let value): value
    case .double(let value): Int(exactly: value)
    default: nil
    }
  }

  package var double: Double? {
    switch self {
    case .int(let value): Double(value)
    case .double(let value): value
    default: nil
    }
  }

  package var array: [OrderedJSON]? {
    guard case .array(let value) = self else { return nil }
    return value
  }

  package var members: [Member]? {
    guard case .object(let value) = self else { return nil }
    return value
  }
}

extension OrderedJSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral, ExpressibleByNilLiteral,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  package init(stringLiteral value: String) { self = .string(value) }
  package init(integerLiteral value: Int) { self = .int(value) }
  package init(floatLiteral value: Double) { self = .double(value) }
  package init(booleanLiteral value: Bool) { self = .bool(value) }
  package init(nilLiteral: ()) { self = .null }
  package init(arrayLiteral elements: OrderedJSON...) { self = .array(elements) }
  package init(dictionaryLiteral elements: (String, OrderedJSON)...) {
    self = .object(elements.map { Member($0, $1) })
  }

  /// `null` for `nil`.
  package init(_ value: String?) { self = value.map { .string($0) } ?? .null }
  package init(_ value: Int?) { self = value.map { .int($0) } ?? .null }
  package init(_ value: Double?) { self = value.map { .double($0) } ?? .null }
  package init(_ values: [String]) { self = .array(values.map { .string($0) }) }
  package init(_ values: [Int]) { self = .array(values.map { .int($0) }) }
  package init(_ values: [Double]) { self = .array(values.map { .double($0) }) }
}
