import NNXModel
import NNXStore
import NNXSystem

/// A registry entry as `nnx info` shows it.
enum ModelInfo {
  /// - Parameters:
  ///   - installed: what of it is installed, in words; `nil` when it is not.
  ///   - width: columns of the terminal.
  static func lines(_ card: ModelCard, installed: String?, width: Int) -> [String] {
    var fields = FieldList(width: width)
    fields.add("installed", installed ?? "no; nnx install \(card.name)")
    fields.add("also called", card.aliases.joined(separator: ", "))
    if card.status != .active {
      let instead = card.replacedBy.map { "; use \($0)" } ?? ""
      fields.add("status", card.status.rawValue + instead)
    }
    fields.add("source", card.weights.map(source))
    fields.add("licence", licences(card))
    fields.add("input", card.inputs.map(input))
    fields.add("output", card.labels.map(output))
    fields.add("model", card.weights.map(network))
    fields.add("before", card.prepare.filter(\.changesImage).map { "\($0.step) (\($0.statedBy))" })
    fields.add(
      "after",
      card.postprocessing.filter { !$0.steps.isEmpty }.map {
        "\($0.statedBy): \($0.steps.joined(separator: "; "))"
      })
    fields.add("trained on", card.training)
    fields.add("quality", card.performance.map { "\($0.statedBy): \($0.text)" })
    fields.add("meant for", card.intendedUse.map { "\($0.text) (\($0.statedBy))" })
    fields.add("limits", card.limitations.map { "\($0.text) (\($0.statedBy))" })
    fields.add("related", card.related.map { "\($0.name): \($0.how)" })
    fields.add(
      "conflicts",
      card.conflicts.map { conflict in
        let statements = conflict.statements.map { "\($0.text) says \($0.statedBy)" }
        return "\(conflict.about): \(statements.joined(separator: "; ")). \(conflict.treatment)"
      })
    fields.add("cite", card.recordCitations.compactMap(\.doi) + card.citations.compactMap(\.doi))
    return FieldList.wrap("\(card.name) \(card.version)  \(card.title)", width) + fields.lines + [
      "", "For research only; not a medical device.",
    ]
  }

  /// A model that no registry describes.
  static func lines(_ model: InstalledModel, width: Int) -> [String] {
    var fields = FieldList(width: width)
    fields.add("installed", summary(model))
    fields.add("source", model.receipt.source.archives.map { "\($0.key) from \($0.from)" })
    fields.add("licence", License.summary(model.receipt.licenses))
    fields.add("model", model.receipt.sets.map { "nnU-Net v\($0.generation), \($0.dataset)" })
    return FieldList.wrap("\(model.name) \(model.version)  \(model.receipt.title)", width)
      + fields.lines + ["", "For research only; not a medical device."]
  }

  /// Version, folds, size and place of an installed model.
  static func summary(_ model: InstalledModel) -> String {
    let size = Quantity.bytes(model.receipt.bytes)
    return "\(model.version), folds \(model.foldSummary), \(size), in \(model.path)"
  }

  private static func source(_ weights: WeightSet) -> String {
    let origin = weights.doi ?? weights.files.first?.path ?? "unknown"
    let files = weights.files.map { file in
      file.key + (file.size.map { ", \(Quantity.bytes($0))" } ?? "")
    }
    return "\(origin), \(files.joined(separator: "; "))"
  }

  /// Who says what; the stricter of conflicting statements counts.
  private static func licences(_ card: ModelCard) -> [String] {
    let stated = card.licenses.filter { $0.scope == .weights || $0.scope == nil }
    var lines = stated.map { "\($0.spdx) says \($0.statedBy)" }
    if card.commercialUse == .conflict { lines.append("(they differ: the stricter counts)") }
    return lines.isEmpty ? ["unknown"] : lines
  }

  private static func input(_ input: ModelCard.Input) -> String {
    var text = "\(input.index): \(input.name)"
    if let units = input.units { text += " in \(units.rawValue)" }
    if let contrast = input.contrast { text += ", contrast: \(contrast)" }
    return text
  }

  private static func output(_ label: ModelCard.Label) -> String {
    let name = "\(label.value) \(label.name ?? "?")".padding(to: 26)
    let code = label.type.map { "\($0.scheme) \($0.value)" } ?? ""
    let region = label.region.map { " in \($0.value)" } ?? ""
    return name + code + region
  }

  private static func network(_ weights: WeightSet) -> String {
    var parts = ["nnU-Net v\(weights.generation.rawValue)", weights.dataset]
    parts += [weights.configuration, weights.trainer].compactMap { $0 }
    if let folds = weights.folds {
      parts.append("folds " + folds.map(String.init).joined(separator: " "))
    }
    return parts.joined(separator: ", ")
  }
}
