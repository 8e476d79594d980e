import NNXModel
import NNXSystem

/// What models are filtered and sorted by: the same for those of a registry and those of the store.
package struct ModelFacts: Equatable, Sendable {
  package var name: String
  package var organs: [String]
  /// DICOM modalities: `CT`, `MR`, `PT`.
  package var modalities: [String]
  /// Names of the labels in the result.
  package var labels: [String]
  package var commercial: CommercialUse
  /// Bytes on the disk, or to download; `nil` when unknown.
  package var bytes: Int?
  /// When it was published, or installed: `2024-06-11`; `nil` when unknown.
  package var date: String?

  package init(
    name: String, organs: [String] = [], modalities: [String] = [], labels: [String] = [],
    commercial: CommercialUse = .unknown, bytes: Int? = nil, date: String? = nil
  ) {
    self.name = name
    self.organs = organs
    self.modalities = modalities
    self.labels = labels
    self.commercial = commercial
    self.bytes = bytes
    self.date = date
  }

  /// What an entry of a registry says; dated by its newest record.
  package init(_ card: ModelCard) {
    self.init(
      name: card.name, organs: card.organs, modalities: card.modalities,
      labels: card.labels.flatMap { [$0.name].compactMap(\.self) + $0.alternatives.map(\.name) },
      commercial: card.commercialUse, bytes: card.downloadSize,
      date: card.weights.compactMap(\.published).max())
  }

  /// What is installed; dated by the install.
  ///
  /// - Parameters:
  ///   - card: the entry that describes it.
  ///   - readsNetworks: where there is no entry, take the labels from its networks, and what they
  ///     call their channels for modalities. Costs reading a file.
  package init(_ model: InstalledModel, card: ModelCard?, readsNetworks: Bool) {
    let described = card.map { ModelFacts($0) }
    let networks =
      described == nil && readsNetworks ? model.networkFacts : (labels: [], channels: [])
    let receipt = model.receipt
    self.init(
      name: model.name, organs: receipt.organs.isEmpty ? described?.organs ?? [] : receipt.organs,
      modalities: receipt.modalities.isEmpty
        ? described?.modalities ?? networks.channels : receipt.modalities,
      labels: described?.labels ?? networks.labels, commercial: CommercialUse(receipt.licenses),
      bytes: receipt.bytes, date: receipt.installed)
  }
}

extension InstalledModel {
  /// Labels and channels as the networks themselves name them.
  fileprivate var networkFacts: (labels: [String], channels: [String]) {
    var labels: [String] = []
    var channels: [String] = []
    for set in receipt.sets {
      guard let entry = (try? open(set: set.id))?.entries.first else { continue }
      labels += entry.description.labels.entries.map(\.name).filter { $0 != "background" }
      channels += entry.description.channels.filter { !channels.contains($0) }
    }
    return (labels, channels)
  }
}
