import NNXSystem

/// What tables of cases say of the cases of a cohort beside their images, as columns of another table.
package struct CohortFacts: Sendable {
  /// In the order in which they are first met.
  package private(set) var columns: [String] = []
  private var values: [String: [String: String]] = [:]

  /// - Parameters:
  ///   - folder: of the results, whose lists count too.
  ///   - cases: of this run, which count first.
  package init(in folder: String, _ cases: [Case]) {
    for item in cases { add(item.name, item.facts) }
    for path in CohortList.paths(in: folder) {
      guard let list = try? CohortList(contentsOf: path) else { continue }
      add(list)
    }
  }

  package init(_ lists: [CohortList]) { for list in lists { add(list) } }

  private mutating func add(_ list: CohortList) {
    for entry in list.entries { add(entry.name, entry.facts) }
  }

  private mutating func add(_ name: String, _ facts: [Case.Fact]) {
    guard !facts.isEmpty, values[name] == nil else { return }
    for fact in facts where !columns.contains(fact.column) { columns.append(fact.column) }
    values[name] = Dictionary(facts.map { ($0.column, $0.value) }) { first, _ in first }
  }

  /// Names of the columns behind those of another table; one that is there already has `table.` before it.
  package func header(behind own: [String]) -> [String] {
    own
      + columns.map { column in
        own.contains { $0.lowercased() == column.lowercased() } ? "table.\(column)" : column
      }
  }

  /// The fields of a case, one for each column.
  package func row(_ name: String) -> [String] {
    let own = values[name] ?? [:]
    return columns.map { own[$0] ?? "" }
  }
}
