import NNXModel

/// What is different in a newer version of a model.
package struct ModelChange: Equatable, Sendable {
  /// Names of labels that are new.
  package var added: [String]
  /// Names of labels that are gone.
  package var removed: [String]
  /// Labels that have another value now.
  package var renumbered: [String]
  /// Whether the weights come from other files than before.
  package var hasNewWeights: Bool

  /// - Parameters:
  ///   - old: the entry as it was at install; `nil` when it is not known.
  ///   - new: the registry's.
  package init(from old: ModelCard?, to new: ModelCard) {
    func values(_ card: ModelCard) -> [String: Int] {
      Dictionary(card.labels.map { ($0.displayName.lowercased(), $0.value) }) { first, _ in first }
    }
    let before = old.map(values) ?? values(new)
    let after = values(new)
    added = after.keys.filter { before[$0] == nil }.sorted()
    removed = before.keys.filter { after[$0] == nil }.sorted()
    renumbered = after.filter { before[$0.key] != nil && before[$0.key] != $0.value }.map(\.key)
      .sorted()
    func sources(_ card: ModelCard) -> Set<String> {
      Set(
        card.weights.flatMap { set in
          set.files.map { "\(set.record ?? 0)/\($0.key)/\($0.md5 ?? "")/\($0.sha256 ?? "")" }
        })
    }
    hasNewWeights = old.map { sources($0) != sources(new) } ?? true
  }

  package var hasSameLabels: Bool { added.isEmpty && removed.isEmpty && renumbered.isEmpty }

  /// `new weights, same labels`; `same weights, labels changed: +cyst -tumour`.
  package var summary: String {
    let weights = hasNewWeights ? "new weights" : "same weights"
    guard !hasSameLabels else { return "\(weights), same labels" }
    let changes =
      added.map { "+\($0)" } + removed.map { "-\($0)" }
      + renumbered.map { "\($0) has another value" }
    return "\(weights), labels changed: \(changes.joined(separator: " "))"
  }
}
