import NNXModel
import NNXStore
import NNXSystem

extension ModelFilter {
  /// Why none of the models passes: `0 of 26 models: 18 for non-commercial use only, …`.
  func whyNone(of cards: [ModelCard]) -> String {
    var reasons: [String] = []
    if isCommercial {
      let uses = Dictionary(grouping: cards.map(\.commercialUse)) { $0 }.mapValues(\.count)
      let words: [(CommercialUse, String)] = [
        (.no, "for non-commercial use only"), (.conflict, "of which sources disagree"),
        (.unknown, "of which nobody states a licence that nnx can judge"),
        (.yes, "that may be used, and are not like the rest of the question"),
      ]
      reasons = words.compactMap { use, words in uses[use].map { "\($0) \(words)" } }
    }
    for (what, wanted) in [("modality", modalities), ("organ", organs), ("label", labels)] {
      if !wanted.isEmpty { reasons.append("\(what) \(wanted.joined(separator: " or "))") }
    }
    let all = "0 of \(counted(cards.count, "model"))"
    return reasons.isEmpty ? all : "\(all): \(reasons.joined(separator: "; ")). See: nnx info NAME"
  }
}
