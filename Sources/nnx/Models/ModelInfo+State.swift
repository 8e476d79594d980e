import NNXModel
import NNXStore
import NNXSystem

extension ModelInfo {
  /// Whether and where it is installed, and where it comes from.
  func addState(to fields: inout FieldList) {
    let card = subject.card
    if let card {
      fields.add("also called", card.aliases.joined(separator: ", "))
      if card.status != .active {
        let instead = card.replacedBy.map { "; use \($0)" } ?? ""
        fields.add("status", card.status.rawValue + instead)
      }
    }
    if let model = subject.installed {
      fields.add("installed", installed(model))
      if let update = subject.update {
        fields.add("", "\(update.version) is newer: nnx upgrade \(model.name)")
      }
      fields.add("where", tildePath(model.path, environment))
    } else {
      fields.add("installed", "no; nnx install \(name)")
    }
    fields.add("source", sources)
    if let model = subject.installed { fields.add("chain", chain(model)) }
  }

  /// `folds 0 1 2 of 0 1 2 3 4, 129 MB`.
  private func installed(_ model: InstalledModel) -> String {
    let folds = FoldCount(model, stated: subject.card?.statedFolds ?? [:])
    let have = folds.have.joined(separator: " ")
    let (count, lacking) = (model.receipt.sets.count, model.receipt.lacking.count)
    let isPartial = lacking == 0 ? folds.isPartial : folds.have != folds.all
    let rest = isPartial ? " of " + folds.all.joined(separator: " ") : ""
    let several =
      lacking > 0
      ? " of \(count) of \(count + lacking) networks" : count > 1 ? " of \(count) networks" : ""
    let state = model.state(folds)
    let damage = state == .damaged ? "DAMAGED (see nnx verify \(model.name)), " : ""
    return damage + (folds.have.count == 1 ? "fold " : "folds ") + have + rest + several
      + ", \(Quantity.bytes(model.receipt.bytes))"
      + (folds.isPartial || lacking > 0
        ? "; the rest: nnx install \(model.name)\(lacking > 0 ? "" : " --folds all")" : "")
  }

  private var sources: [String] {
    if let card = subject.card {
      return card.weights.map { weights in
        let files = weights.files.map { file in
          let name = weights.doi == nil ? file.path ?? file.key : file.key
          return name + (file.size.map { ", \(Quantity.bytes($0))" } ?? "")
        }
        return ([weights.doi].compactMap(\.self) + files).joined(separator: ", ")
      }
    }
    return (subject.installed?.receipt.source.archives ?? []).map { archive in
      let from = archive.doi.map { "\($0), \(archive.key)" }
      return "\(from ?? tildePath(archive.from, environment)), \(Quantity.bytes(archive.size))"
    }
  }

  /// What vouches for the bytes, from the publisher to the weights.
  private func chain(_ model: InstalledModel) -> String {
    let archives = model.receipt.source.archives
    var parts: [String] = []
    if archives.contains(where: { $0.record != nil }) { parts.append("zenodo md5") }
    parts.append(
      archives.allSatisfy(\.isPinned) ? "pinned archive sha256" : "archive sha256 (first seen)")
    return (parts + ["every file", "weights"]).joined(separator: " > ")
  }

  /// Everything with its digest: what is downloaded, and what lies on the disk.
  func addFiles(to fields: inout FieldList) {
    for set in subject.card?.weights ?? [] {
      for file in set.files {
        let size = file.size.map(Quantity.bytes) ?? "size unknown"
        fields.add("download", "\(file.key)  \(size)")
        fields.add("", file.md5.map { "md5     \($0)" })
        fields.add("", file.sha256.map { "sha256  \($0)" } ?? "no sha256 is pinned")
        fields.add("", file.digestsStatedBy.map { "says \($0)" })
      }
    }
    guard let model = subject.installed else { return }
    for archive in model.receipt.source.archives {
      fields.add("came from", archive.from)
      fields.add(
        "", archive.sha256.map { "sha256  \($0)" } ?? "some of its members; it was not seen whole")
    }
    fields.add("digest", model.receipt.digest)
    for (index, file) in model.receipt.files.enumerated() {
      fields.add(index == 0 ? "on the disk" : "", "\(Quantity.bytes(file.size))  \(file.path)")
    }
  }
}
