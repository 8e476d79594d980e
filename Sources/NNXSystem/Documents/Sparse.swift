/// A flag that is false when its member is absent.
@propertyWrapper
package struct FalseWhenAbsent: Codable, Equatable, Sendable, ReadsAbsence {
  package var wrappedValue: Bool

  package init(wrappedValue: Bool) { self.wrappedValue = wrappedValue }

  package init(from decoder: any Decoder) throws { wrappedValue = try Bool(from: decoder) }

  package func encode(to encoder: any Encoder) throws { try wrappedValue.encode(to: encoder) }

  package static func absent(_ rules: ReadingRules) -> Self? { Self(wrappedValue: false) }
}

/// A list that is empty when its member is absent.
@propertyWrapper
package struct EmptyWhenAbsent<Element: Codable & Equatable & Sendable>: Codable, Equatable,
  Sendable, ReadsAbsence
{
  package var wrappedValue: [Element]

  package init(wrappedValue: [Element]) { self.wrappedValue = wrappedValue }

  package init(from decoder: any Decoder) throws { wrappedValue = try [Element](from: decoder) }

  package func encode(to encoder: any Encoder) throws { try wrappedValue.encode(to: encoder) }

  package static func absent(_ rules: ReadingRules) -> Self? { Self(wrappedValue: []) }
}

/// As `EmptyWhenAbsent`, and an empty list is not written.
@propertyWrapper
package struct AbsentWhenEmpty<Element: Codable & Equatable & Sendable>: Codable, Equatable,
  Sendable, ReadsAbsence, Omittable
{
  package var wrappedValue: [Element]

  package init(wrappedValue: [Element]) { self.wrappedValue = wrappedValue }

  package init(from decoder: any Decoder) throws { wrappedValue = try [Element](from: decoder) }

  package func encode(to encoder: any Encoder) throws { try wrappedValue.encode(to: encoder) }

  package static func absent(_ rules: ReadingRules) -> Self? { Self(wrappedValue: []) }

  package var isOmitted: Bool { wrappedValue.isEmpty }
}

/// A list that holds something.
@propertyWrapper
package struct Filled<Element: Decodable & Equatable & Sendable>: Decodable, Equatable, Sendable,
  ReadsAbsence
{
  package var wrappedValue: [Element]

  package init(wrappedValue: [Element]) { self.wrappedValue = wrappedValue }

  package init(from decoder: any Decoder) throws {
    wrappedValue = try [Element](from: decoder)
    if wrappedValue.isEmpty { throw DocumentProblem("is missing or empty") }
  }

  package static func absent(_ rules: ReadingRules) -> Self? { nil }
}

extension Filled: Encodable where Element: Encodable {
  package func encode(to encoder: any Encoder) throws { try wrappedValue.encode(to: encoder) }
}
