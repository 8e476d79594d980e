/// Documents that say in `schema`, their first member, which version of their format they have.
extension OrderedJSON {
  private struct Header: Decodable {
    let schema: Int
  }

  /// - Parameter schema: the version that this nnx writes.
  package init(
    encoding value: some Encodable, schema: Int, omitsNull: Bool = false, snakeCase: Bool = false
  ) {
    let json = OrderedJSON(encoding: value, omitsNull: omitsNull, snakeCase: snakeCase)
    self = .object([Member("schema", .int(schema))] + (json.members ?? []))
  }

  /// Reads a document.
  ///
  /// - Parameters:
  ///   - schema: the highest version that this nnx reads.
  ///   - newer: the error for a document of that later version.
  ///   - invalid: the error for what is wrong in it.
  package func document<T: Decodable>(
    _ rules: ReadingRules, schema: Int, newer: (Int) -> NNXError,
    invalid: (DocumentProblem) -> NNXError
  ) throws(NNXError) -> T {
    let found: Int
    do throws(DocumentProblem) {
      found = try decode(Header.self, rules).schema
      if found <= schema { return try decode(T.self, rules) }
    } catch { throw invalid(error) }
    throw newer(found)
  }
}
