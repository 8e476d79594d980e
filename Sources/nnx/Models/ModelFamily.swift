import NNXModel
import NNXStore

/// Entries of one collection whose names begin alike: `ts-body`, `ts-total`. Large ones stand in a list as one.
struct ModelFamily {
  /// Models that make a family large enough to be shown as one.
  private static let large = 8

  let cards: [ModelCard]
  /// `ts`; `nil`: a model that is shown by itself.
  let prefix: String?

  /// Families in the order of their first members.
  static func grouped(_ cards: [ModelCard]) -> [ModelFamily] {
    func prefix(_ card: ModelCard) -> String { String(card.name.prefix { $0 != "-" }) }
    let members = Dictionary(grouping: cards) { "\($0.collection) \(prefix($0))" }
    var shown: Set<String> = []
    return cards.compactMap { card in
      let key = "\(card.collection) \(prefix(card))"
      let all = members[key] ?? []
      guard all.count >= large else { return ModelFamily(cards: [card], prefix: nil) }
      return shown.insert(key).inserted ? ModelFamily(cards: all, prefix: prefix(card)) : nil
    }
  }

  /// What the members have in common; `several` where they differ.
  func common(_ value: (ModelCard) -> String) -> String {
    let values = Set(cards.map(value))
    return values.count == 1 ? values.first ?? "" : "several"
  }

  /// Modalities of any of them, in order of first appearance.
  var modalities: [String] {
    var seen: Set<String> = []
    return cards.flatMap(\.modalities).filter { seen.insert($0).inserted }
  }
}
