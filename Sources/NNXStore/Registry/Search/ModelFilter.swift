import NNXModel

/// Which models a person wants to see. Several values of one kind: any of them will do.
package struct ModelFilter: Equatable, Sendable {
  package enum Order: String, CaseIterable, Sendable {
    case name
    /// Largest first.
    case size
    /// Newest first.
    case date
  }

  /// `CT`, `MR` (also `MRI`), `PT` (also `PET`), in any case.
  package var modalities: [String] = []
  package var organs: [String] = []
  package var labels: [String] = []
  /// Only models that may be used commercially beyond doubt.
  package var isCommercial = false

  package init() {}

  package var isEmpty: Bool { self == ModelFilter() }

  package func accepts(_ facts: ModelFacts) -> Bool {
    let synonyms = ["MRI": "MR", "PET": "PT"]
    let wanted = modalities.map { synonyms[$0.uppercased()] ?? $0.uppercased() }
    let has = facts.modalities.map { synonyms[$0.uppercased()] ?? $0.uppercased() }
    if !wanted.isEmpty, !wanted.contains(where: has.contains) { return false }
    if !organs.isEmpty {
      // A model of many organs has them among its labels.
      let whole = Set(facts.labels.map { searchWords($0).joined(separator: " ") })
      guard
        organs.contains(where: { organ in
          matches(organ, facts.organs) || whole.contains(searchWords(organ).joined(separator: " "))
        })
      else { return false }
    }
    if !labels.isEmpty, !labels.contains(where: { matches($0, facts.labels) }) { return false }
    return !isCommercial || facts.commercial.isAllowed
  }

  /// Whether one of `names` has every word of `text`, perhaps shortened.
  private func matches(_ text: String, _ names: [String]) -> Bool {
    let words = searchWords(text)
    return names.contains { name in
      let parts = searchWords(name)
      return words.allSatisfy { word in parts.contains { $0.hasPrefix(word) } }
    }
  }
}

extension ModelFilter.Order {
  /// Whether `a` comes before `b`; equals are ordered by name.
  package func puts(_ a: ModelFacts, before b: ModelFacts) -> Bool {
    switch self {
    case .name: a.name < b.name
    case .size: (b.bytes ?? -1, a.name) < (a.bytes ?? -1, b.name)
    case .date: (b.date ?? "", a.name) < (a.date ?? "", b.name)
    }
  }
}
