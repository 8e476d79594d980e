import NNXImage
import NNXModel
import NNXPredict
import NNXReport
import NNXStore
import NNXSystem

extension ModelInfo {
  func addInputs(to fields: inout FieldList) {
    if let card = subject.card {
      fields.add("input", card.inputs.map(ModelInfo.input))
      fields.add(
        "before", card.prepare.filter(\.changesImage).map { "\($0.step) (\($0.statedBy))" })
      return fields.add("needs", card.requires)
    }
    let channels = networks.first?.entries.first?.description.channels ?? []
    fields.add("input", channels.enumerated().map { "\($0): \($1)" })
  }

  func addLabels(to fields: inout FieldList) {
    if let card = subject.card {
      fields.add("output", card.labels.map(ModelInfo.output))
      if card.labels.isEmpty {
        fields.add("output", "no source names the labels; the installed model does")
      }
      if let recipe = card.recipe {
        let note = recipe.note.map { ["(\($0))"] } ?? []
        fields.add("recipe", ["by \(recipe.statedBy):"] + recipe.words + note)
      }
      return fields.add(
        "sources say",
        card.postprocessing.filter { !$0.steps.isEmpty }.map {
          "\($0.steps.joined(separator: " > ")) (\($0.statedBy))"
        })
    }
    for (_, entries) in networks {
      guard let labels = entries.first?.description.labels else { continue }
      fields.add(
        "output",
        labelTable(of: labels).structures.map { "\($0.valueText) \($0.name)" }
          + [labels.gapsRemark.map { "(\($0))" }].compactMap(\.self))
    }
  }

  /// The networks as they are installed, or as the registry announces them.
  func addNetworks(to fields: inout FieldList) {
    guard subject.installed != nil else {
      for set in subject.card?.weights ?? [] {
        fields.add("model", ModelInfo.announced(set))
        fields.add("", ModelInfo.geometry(set))
      }
      return fields.add("evidence", (subject.card?.weights ?? []).map(\.evidence))
    }
    for (set, entries) in networks {
      if let problem = set.unsupported { fields.add("model", problem.message) }
      for entry in entries {
        let model = entry.description
        fields.add("model", ModelInfo.network(model))
        fields.add("", "\(model.dataset), \(model.trainer), \(model.plans)")
        let spacing = model.preprocessing.spacing.map { $0.map { Quantity.short($0) } ?? "own" }
        fields.add(
          "",
          "patch \(model.patch.map(String.init).joined(separator: " x ")) voxels of "
            + "\(spacing.joined(separator: " x ")) mm")
        for fold in entry.folds {
          fields.add("", "fold \(fold.name)  \(fold.checkpoint)  sha256 \(fold.sha256.prefix(16))…")
          if let check = try? checks?.known(fold, model) {
            fields.add("", "        " + KernelCheckView.words(check))
          }
        }
      }
    }
    fields.add("evidence", (subject.card?.weights ?? []).map(\.evidence))
  }

  func addUse(to fields: inout FieldList) {
    guard let card = subject.card else { return }
    fields.add("trained", card.training)
    fields.add("tested", card.performance.map { "\($0.text) (\($0.statedBy))" })
    fields.add("meant for", card.intendedUse.map { "\($0.text) (\($0.statedBy))" })
    fields.add(
      "not for",
      ["diagnosis or treatment: research only"]
        + card.limitations.map { "\($0.text) (\($0.statedBy))" })
  }

  func addRelations(to fields: inout FieldList) {
    guard let card = subject.card else { return }
    fields.add("related", card.related.map { "\($0.name) (\($0.how))" }.joined(separator: ", "))
    for conflict in card.conflicts {
      fields.add("conflict", conflict.about + ":")
      fields.add("", conflict.statements.map { "\($0.statedBy): \($0.text)" })
      fields.add("", "> " + conflict.treatment)
    }
  }

  private static func input(_ input: ModelCard.Input) -> String {
    var text = "\(input.index): \(input.name)"
    if let sequence = input.sequence, sequence != input.name { text += " (\(sequence))" }
    switch input.units {
    case .hounsfield: text += " in HU"
    case .uptake: text += " in SUV"
    case .raw, nil: break
    }
    switch input.contrast {
    case "yes": text += ", with contrast"
    case "no": text += ", without contrast"
    case "either": text += ", with or without contrast"
    default: break
    }
    return text + (input.note.map { "; \($0)" } ?? "")
  }

  private static func output(_ label: ModelCard.Label) -> String {
    let name = "\(label.value) \(label.displayName)".padding(to: 24)
    let code = label.type.map { "  \($0.scheme) \($0.value)" } ?? ""
    let region = label.region.map { " in \($0.value)" } ?? ""
    return name + code + region
  }

  /// `nnU-Net v2, 3d_fullres, PlainConvUNet of 6 stages, 31.2 M parameters`.
  static func network(_ model: ModelDescription) -> String {
    let architecture = model.architecture
    let kind =
      switch (architecture.encoder, model.generation) {
      case (.plain, .v1): "Generic_UNet"
      case (.plain, .v2): "PlainConvUNet"
      case (.residual, _): "ResidualEncoderUNet"
      case (.residualStridedSkip, _): "FabiansUNet"
      }
    return "nnU-Net v\(model.generation.rawValue), \(model.configuration), "
      + "\(kind) of \(architecture.stages.count) stages, "
      + "\(Quantity.count(architecture.parameterCount)) parameters"
  }

  private static func announced(_ weights: WeightSet) -> [String] {
    var kind = ["nnU-Net v\(weights.generation.rawValue)", weights.configuration].compactMap(\.self)
    if let count = weights.network?.parameters {
      kind.append("\(Quantity.count(count)) parameters")
    }
    var names = [weights.dataset, weights.trainer].compactMap(\.self)
    if let folds = weights.folds {
      names.append("folds " + folds.map(String.init).joined(separator: " "))
    }
    return [kind.joined(separator: ", "), names.joined(separator: ", ")]
  }

  private static func geometry(_ weights: WeightSet) -> String? {
    guard let patch = weights.network?.patch else { return nil }
    let extents = "patch \(patch.map(String.init).joined(separator: " x ")) voxels"
    guard let spacing = weights.network?.spacing else { return extents }
    return extents + " of \(spacing.map { Quantity.short($0) }.joined(separator: " x ")) mm"
  }
}
