/// One of a few words that a document may hold.
package protocol Word: RawRepresentable, Codable, Sendable where RawValue == String {}

extension Word {
  /// - Throws: which word it is that nnx does not know.
  package init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    guard let word = Self(rawValue: text) else {
      throw DocumentProblem("is '\(text.excerpt)', which nnx does not know")
    }
    self = word
  }
}
