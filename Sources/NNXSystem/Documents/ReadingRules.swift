/// What a kind of document asks of the values that its types do not describe.
package struct ReadingRules: Sendable {
  var allowsEmptyTexts = true
  var wholeNumbers = Int.min...Int.max
  /// Whether numbers may be NaN or infinite.
  package var allowsNonFinite = true
  /// Whether a list that is absent is an empty one.
  var absentListsAreEmpty = false
  /// Whether keys are written `like_this`.
  package var snakeCase = false

  package init() {}

  /// A key as the document has it.
  func written(_ key: some CodingKey) -> String {
    snakeCase ? key.stringValue.snakeCased : key.stringValue
  }

  /// More bytes than any file has, and than numbers of records and years; as many of these as a document
  /// can hold can be added up.
  package static let largestNumber = 1 << 44

  /// Of documents that come from others or that a person may edit.
  package static var strict: ReadingRules {
    var rules = ReadingRules()
    rules.allowsEmptyTexts = false
    rules.wholeNumbers = 0...largestNumber
    rules.allowsNonFinite = false
    return rules
  }

  /// As `strict`, for documents that leave out what is empty: registries and locks.
  package static var sparse: ReadingRules {
    var rules = strict
    rules.absentListsAreEmpty = true
    return rules
  }
}

extension String {
  /// `mirrorAxes` as `mirror_axes`.
  var snakeCased: String {
    var snake = ""
    for character in self {
      snake += character.isUppercase ? "_" + character.lowercased() : String(character)
    }
    return snake
  }
}
