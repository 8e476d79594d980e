import NNXSystem

/// Why nnx cannot run a network, in a document: the error but for its code.
@propertyWrapper
package struct UnsupportedReason: Codable, Equatable, Sendable, ReadsAbsence {
  package var wrappedValue: NNXError?

  private enum CodingKeys: CodingKey { case message, details, fixes }

  package init(wrappedValue: NNXError?) { self.wrappedValue = wrappedValue }

  package init(from decoder: any Decoder) throws {
    wrappedValue = try UnsupportedReason.read(decoder)
  }

  /// The reason that lies among the members of another object.
  static func read(_ decoder: any Decoder) throws -> NNXError {
    let members = try decoder.container(keyedBy: CodingKeys.self)
    return NNXError(
      .unsupportedNetwork, try members.decode(String.self, forKey: .message),
      details: try members.decode([String].self, forKey: .details),
      fixes: try members.decode([String].self, forKey: .fixes))
  }

  package func encode(to encoder: any Encoder) throws {
    guard let wrappedValue else { return }
    var members = encoder.container(keyedBy: CodingKeys.self)
    try members.encode(wrappedValue.message, forKey: .message)
    try members.encode(wrappedValue.details, forKey: .details)
    try members.encode(wrappedValue.fixes, forKey: .fixes)
  }

  package static func absent(_ rules: ReadingRules) -> Self? { Self(wrappedValue: nil) }
}
