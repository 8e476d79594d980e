/// What is wrong with a document, and where in it.
///
/// Each kind of document makes its own `NNXError` of it, at the one place where it is read.
package struct DocumentProblem: Error, Equatable {
  /// As in `models[3].weights[0].sha256`; empty for the document itself.
  package private(set) var place: String
  /// What to say behind the place: `is missing`.
  package let reason: String

  /// - Parameter place: below the value that is read or checked.
  package init(at place: String = "", _ reason: String) {
    self.place = place
    self.reason = reason
  }

  /// Whatever was thrown while a value was read.
  init(_ error: any Error) {
    switch error {
    case let problem as DocumentProblem: self = problem
    case let error as NNXError: self.init(error.message)
    case DecodingError.dataCorrupted(let context), DecodingError.typeMismatch(_, let context),
      DecodingError.valueNotFound(_, let context), DecodingError.keyNotFound(_, let context):
      self.init(context.debugDescription)
    default: self.init("\(error)")
    }
  }

  /// The problem as seen from the object that holds the member `key`.
  ///
  /// Places are put together on the way out, so that reading what is right costs none.
  package func within(_ key: String) -> DocumentProblem {
    var problem = self
    problem.place = place.isEmpty ? key : place.hasPrefix("[") ? key + place : "\(key).\(place)"
    return problem
  }

  /// The problem as seen from the list that holds the value.
  package func within(_ index: Int) -> DocumentProblem { within("[\(index)]") }

  /// Place and reason, for documents that are named in front of both.
  package var words: String { place.isEmpty ? reason : "\(place) \(reason)" }

  /// The whole sentence, for documents in which `source` begins the place: `registry.json.models is
  /// not a list`.
  package func sentence(in source: String) -> String {
    place.isEmpty || place.hasPrefix("[")
      ? "\(source)\(place) \(reason)" : "\(source).\(words)"
  }
}

/// A value with rules that none of its members can check alone.
///
/// `OrderedJSON.decode` asks every such value that it has read.
package protocol SelfChecking: Decodable {
  /// - Throws: what is wrong, at a place below this value.
  func check() throws(DocumentProblem)
}
