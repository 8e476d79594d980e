/// A kind of text with a grammar.
package protocol TextRule {
  /// What is wrong with `text`, to be said behind its place; `nil` when nothing is.
  static func flaw(of text: String) -> String?
  /// Whether the text may be empty.
  static var allowsEmpty: Bool { get }
}

extension TextRule {
  package static var allowsEmpty: Bool { false }
}

/// A text of a document that is checked when it is read.
@propertyWrapper
package struct Checked<Rule: TextRule>: Codable, Equatable, Sendable, ReadsAbsence {
  package var wrappedValue: String

  package init(wrappedValue: String) { self.wrappedValue = wrappedValue }

  package init(from decoder: any Decoder) throws {
    let reading = try JSONReading.of(decoder)
    wrappedValue = try reading.text(allowsEmpty: Rule.allowsEmpty)
    if let flaw = Rule.flaw(of: wrappedValue) { throw DocumentProblem(flaw) }
  }

  package func encode(to encoder: any Encoder) throws { try wrappedValue.encode(to: encoder) }

  package static func absent(_ rules: ReadingRules) -> Self? { nil }
}

/// As `Checked`, for a text that may be absent.
@propertyWrapper
package struct CheckedIfThere<Rule: TextRule>: Codable, Equatable, Sendable, ReadsAbsence {
  package var wrappedValue: String?

  package init(wrappedValue: String?) { self.wrappedValue = wrappedValue }

  package init(from decoder: any Decoder) throws {
    wrappedValue = try Checked<Rule>(from: decoder).wrappedValue
  }

  package func encode(to encoder: any Encoder) throws { try wrappedValue.encode(to: encoder) }

  package static func absent(_ rules: ReadingRules) -> Self? { Self(wrappedValue: nil) }
}

/// Lower-case hexadecimal digits of an MD5.
package enum MD5Text: TextRule {
  package static func flaw(of text: String) -> String? { hexadecimalFlaw(of: text, digits: 32) }
}

/// Lower-case hexadecimal digits of a SHA-256.
package enum SHA256Text: TextRule {
  package static func flaw(of text: String) -> String? { hexadecimalFlaw(of: text, digits: 64) }
}

private func hexadecimalFlaw(of text: String, digits: Int) -> String? {
  let isHexadecimal = text.utf8.allSatisfy {
    (0x30...0x39).contains($0) || (0x61...0x66).contains($0)
  }
  return text.utf8.count == digits && isHexadecimal
    ? nil : "is not \(digits) lower-case hexadecimal digits"
}

/// A name that stays in its folder.
package enum FileName: TextRule {
  package static func flaw(of text: String) -> String? {
    let isPlain = text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F && $0 != 0x2F && $0 != 0x5C }
    return isPlain && !text.hasPrefix(".") && (1...255).contains(text.utf8.count)
      ? nil : "is not a plain file name"
  }
}

/// A relative path that stays below the folder it begins in.
package enum RelativePath: TextRule {
  package static func flaw(of text: String) -> String? {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    return parts.contains { $0.isEmpty || $0 == "." || $0 == ".." }
      ? "does not stay in its folder" : nil
  }
}

/// An HTTPS address.
package enum WebAddress: TextRule {
  package static func flaw(of text: String) -> String? {
    text.hasPrefix("https://") ? nil : "is not an HTTPS address"
  }
}
