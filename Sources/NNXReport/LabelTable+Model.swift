import NNXImage
import NNXModel

/// The labels that a model's publisher delivers, with colours and codes.
package func labelTable(of card: ModelCard) -> LabelTable {
  LabelTable(
    card.labels.map { label in
      let name = label.name ?? label.alternatives.map(\.name).joined(separator: " or ")
      return .init(
        value: label.value, name: name.isEmpty ? "label \(label.value)" : name, rgb: label.rgb,
        terms: terms(label))
    })
}

/// The labels that a network writes, with the colours and codes that a card has for their names or, in
/// one set of weights, for their trained values.
///
/// - Parameter weights: the set of weights of the card; without one, a card of several sets tells
///   nothing.
package func labelTable(
  of labels: Labels, card: ModelCard? = nil, weights: String? = nil
) -> LabelTable {
  let known = weights != nil || card?.weights.count == 1 ? card : nil
  return LabelTable(
    labels.written.map { written in
      let published = known?.labels.first { label in
        label.sources.contains { source in
          (weights == nil || source.weights == weights) && source.values == [written.value]
        }
      }
      return .init(
        value: written.value, name: written.name, rgb: published?.rgb,
        terms: published.map(terms) ?? [])
    }, regions: labels.writtenRegions.map { .init(name: $0.name, values: $0.values) })
}

private func terms(_ label: ModelCard.Label) -> [LabelTable.Term] {
  let codes = [
    ("category", label.category), ("type", label.type), ("modifier", label.modifier),
    ("region", label.region), ("regionModifier", label.regionModifier),
  ]
  return codes.compactMap { role, code in
    code.map {
      .init(role: role, value: $0.value, scheme: $0.scheme, meaning: $0.meaning ?? "")
    }
  }
}
