import NNXModel
import NNXSystem

extension Registry {
  /// The names most like `typed`, best first, at most `limit`.
  package func nearestNames(to typed: String, limit: Int = 3) -> [String] {
    let typed = typed.lowercased()
    let scored = models.map { card in
      let names = [card.name] + card.aliases + card.weights.compactMap { $0.dataset?.lowercased() }
      return (card.name, names.map { likeness(typed, $0) }.max() ?? 0)
    }
    let close = scored.filter { $0.1 >= 0.4 }.sorted { ($1.1, $0.0) < ($0.1, $1.0) }
    return close.prefix(limit).map(\.0)
  }

  /// The error for a name that no entry has.
  package func unknownModel(_ typed: String) -> NNXError {
    let close = nearestNames(to: typed)
    var error = NNXError(.unknownModel, "no model is called '\(typed.excerpt)'")
    if !close.isEmpty { error.details = ["Close names: \(close.joined(separator: ", "))"] }
    let organs = close.first.flatMap { card(named: $0)?.organs } ?? []
    let organ = organs.first { nameWords(typed).contains($0) } ?? organs.first
    error.fixes = [
      organ.map { "See all \($0) models with: nnx search \($0)" }
        ?? "See all models with: nnx search"
    ]
    if Folder.isFolder(typed) != nil, !typed.contains("/"), !typed.hasPrefix(".") {
      error.fixes.insert("For what lies here under that name: ./\(typed.excerpt)", at: 0)
    }
    return error
  }

  /// The entries that have every word, best first. A word is found at the beginning of a word in
  /// name, aliases, organs, modalities, title, labels or keywords, in British or American spelling.
  /// No words: all entries.
  package func search(_ words: [String]) -> [ModelCard] {
    let words = words.flatMap { searchWords($0) }
    let candidates = entries.names.indices.filter { mayHave(words, at: $0) }
    let scored = candidates.map { entries[$0] }.compactMap { card -> (ModelCard, Int)? in
      let places = card.searchPlaces
      var total = 0
      for word in words {
        guard let score = places.firstIndex(where: { $0.contains { $0.hasPrefix(word) } }) else {
          return nil
        }
        total += score
      }
      return (card, total)
    }
    return scored.sorted { ($0.1, $0.0.name) < ($1.1, $1.0.name) }.map(\.0)
  }

  /// Whether it is worth making the card at a position to search it.
  private func mayHave(_ words: [String], at position: Int) -> Bool {
    if let text { return text.mayHave(words, at: position) }
    return true
  }
}

extension ModelCard {
  /// The words of the entry, where they weigh most first.
  fileprivate var searchPlaces: [[String]] {
    let labelNames = labels.flatMap { [$0.name].compactMap(\.self) + $0.alternatives.map(\.name) }
    return [
      ([name] + aliases).flatMap { [$0] + searchWords($0) },
      organs.flatMap(searchWords),
      (inputs.flatMap { [$0.modality, $0.name, $0.sequence ?? ""] } + [title] + modalities)
        .flatMap(searchWords),
      (labelNames + keywords + [collection] + weights.compactMap(\.dataset)).flatMap(searchWords),
    ]
  }
}
