import NNXModel
import NNXSystem

extension Registry {
  /// nnU-Net itself, which everything that nnx runs rests on.
  private var nnunet: [Citation] { citations["nnunet"].map { [$0] } ?? [] }

  /// What to cite for an entry: the records of its weights, what its publisher asks for, nnU-Net.
  package func works(citing card: ModelCard) -> [Citation] {
    distinct(card.recordCitations + card.citations + card.referenceCitations + nnunet)
  }

  /// What to cite for an installed model, whether a registry describes it or not.
  package func works(citing model: InstalledModel) -> [Citation] {
    if let card = card(of: model) { return works(citing: card) }
    let records = model.receipt.source.archives.compactMap { archive in
      archive.record.flatMap { record in
        archive.doi.map {
          Citation(record: record, title: model.receipt.title, authors: [], year: nil, doi: $0)
        }
      }
    }
    return distinct(records + nnunet)
  }

  /// What to cite for a run, as its record tells which model it used (docs/format/run-record.md).
  ///
  /// - Parameters:
  ///   - record: of schema `nnx.run/1`.
  ///   - source: what to call it in errors.
  ///   - installed: the models of the store.
  /// - Throws: `invalid-record` when it is no run record.
  package func works(
    citingRun record: OrderedJSON, source: String, installed: [InstalledModel]
  ) throws(NNXError) -> [Citation] {
    guard record["schema"]?.string?.hasPrefix("nnx.run/") == true,
      let models = record["models"]?.array ?? record["model"].map({ [$0] }), !models.isEmpty
    else {
      throw NNXError(
        .invalidRecord, "\(source) is no record of a run",
        fixes: ["Give the .json that lies beside a segmentation, or the names of models"])
    }
    var works: [Citation] = []
    for model in models { works += self.works(citingUsed: model, installed) }
    return distinct(works + nnunet)
  }

  /// The entry in the version that was used; else the same name's; else the records alone.
  private func works(citingUsed model: OrderedJSON, _ installed: [InstalledModel]) -> [Citation] {
    let name = model["name"]?.string ?? ""
    let version = model["version"]?.string
    let archives = model["source"]?.array ?? []
    let records = Set(archives.compactMap { $0["record"]?.int })
    if let own = installed.first(where: { $0.name == name && $0.version == version }) {
      return works(citing: own)
    }
    if let card = card(named: name),
      card.version == version
        || card.weights.contains(where: { $0.record.map(records.contains) ?? false })
    {
      return works(citing: card)
    }
    return archives.compactMap { archive in
      guard let record = archive["record"]?.int, let doi = archive["doi"]?.string else {
        return nil
      }
      return Citation(
        record: record, title: "Weights of \(name)", authors: [], year: nil, doi: doi)
    }
  }

  /// Each work once, in order of first appearance.
  package func distinct(_ works: [Citation]) -> [Citation] {
    var seen: Set<String> = []
    return works.filter { seen.insert($0.doi?.lowercased() ?? $0.key).inserted }
  }
}
