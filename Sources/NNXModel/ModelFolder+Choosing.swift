import NNXSystem

extension ModelFolder.Entry {
  /// The folds with the weights of one kind of checkpoint.
  ///
  /// - Parameter checkpoint: `final`, `best` or `latest`; `nil`: of each fold the first of these that was
  ///   published.
  /// - Throws: `unknown-checkpoint` when a fold has no such weights.
  package func folds(from checkpoint: String?) throws(NNXError) -> [ModelFolder.Fold] {
    guard let checkpoint else { return folds }
    let matching = (folds + alternatives).filter { $0.kind == checkpoint }
    guard !matching.isEmpty else {
      let present = Set((folds + alternatives).map(\.kind)).sorted().joined(separator: ", ")
      throw NNXError(
        .unknownCheckpoint,
        "\(description.configuration) has no weights of the checkpoint '\(checkpoint)'",
        fixes: ["It has: \(present)"])
    }
    return matching.sorted { FoldName($0.name) < FoldName($1.name) }
  }
}

extension ModelFolder.Fold {
  /// `final`, `best` or `latest`: of `checkpoint_best.pth` and `model_best.model`, best.
  package var kind: String {
    ["best", "latest"].first { checkpoint.contains("_\($0).") } ?? "final"
  }
}

extension ModelFolder {
  /// Configurations to run.
  ///
  /// - Parameters:
  ///   - names: several are averaged; `nil`: what the publisher recommends, else the usual one (see
  ///     `entry(configuration:trainer:plans:)`).
  ///   - trainer: where several models share a configuration, which one.
  ///   - plans: likewise.
  /// - Throws: as `entry(configuration:trainer:plans:)`.
  package func entries(
    configurations names: [String]?, trainer: String? = nil, plans: String? = nil
  ) throws(NNXError) -> [Entry] {
    var chosen: [Entry] = []
    if names == nil, trainer == nil, plans == nil, let recommendation {
      for (index, name) in recommendation.configurations.enumerated() {
        chosen.append(
          try entry(
            configuration: name, trainer: recommendation.trainers?[index],
            plans: recommendation.plans?[index]))
      }
      return chosen
    }
    for name in names.map({ $0.map(Optional.some) }) ?? [nil] {
      chosen.append(try entry(configuration: name, trainer: trainer, plans: plans))
    }
    return chosen
  }

  /// Order in which a configuration is chosen when none is asked for.
  private static let preference = ["3d_fullres", "3d_cascade_fullres", "2d", "3d_lowres"]

  /// A configuration by name.
  ///
  /// - Parameters:
  ///   - configuration: `nil` for the only one, else the first that there is of `3d_fullres`,
  ///     `3d_cascade_fullres`, `2d`, `3d_lowres`.
  ///   - trainer: where several models share the configuration, which one; `nil`: the only one.
  ///   - plans: likewise.
  /// - Throws: `unknown-configuration` with a list of what there is; `several-models` with the choices;
  ///   `unsupported-network` for one that nnx cannot run.
  package func entry(
    configuration: String?, trainer: String? = nil, plans: String? = nil
  ) throws(NNXError) -> Entry {
    func fits(_ own: String, _ asked: String?) -> Bool { asked == nil || own == asked }
    let candidates = entries.filter {
      fits($0.description.trainer, trainer) && fits($0.description.plans, plans)
    }
    let names = Set(candidates.map(\.description.configuration))
    let name =
      configuration
      ?? (names.count == 1 ? names.first : ModelFolder.preference.first(where: names.contains))
    let found = candidates.filter { $0.description.configuration == name }
    if found.count == 1 { return found[0] }
    guard found.isEmpty else { throw severalModels(found) }
    let refused = refused.first {
      $0.configuration == configuration && fits($0.trainer, trainer) && fits($0.plans, plans)
    }
    if let refused { throw refused.reason }
    throw unknownConfiguration(configuration, trainer, plans)
  }

  /// The stage before a cascade's second: by the same trainer and plans where there are several.
  package func previous(of model: ModelDescription) throws(NNXError) -> Entry? {
    let all = entries.filter { $0.description.configuration == model.previousStage }
    // v1's first stage has a trainer of its own (nnUNetTrainerV2CascadeFullRes.__init__).
    for (own, theirs) in [
      (model.trainer, model.plans), (nil, model.plans), (nil, nil),
    ] as [(String?, String?)] {
      let found = all.filter {
        own ?? $0.description.trainer == $0.description.trainer
          && theirs ?? $0.description.plans == $0.description.plans
      }
      if found.count == 1 { return found[0] }
      guard found.isEmpty else { throw severalModels(found) }
    }
    return nil
  }

  private func severalModels(_ found: [Entry]) -> NNXError {
    let models = found.map(\.description)
    let isByTrainer = Set(models.map(\.trainer)).count > 1
    let isByPlans = Set(models.map(\.plans)).count > 1
    return NNXError(
      .severalModels, "\(path) has \(found.count) models of \(models[0].configuration)",
      details: models.map { "trainer \($0.trainer), plans \($0.plans)" },
      fixes: models.map { model in
        "Choose one with: -c \(model.configuration)"
          + (isByTrainer ? " --trainer \(model.trainer)" : "")
          + (isByPlans ? " --plans \(model.plans)" : "")
      })
  }

  private func unknownConfiguration(
    _ configuration: String?, _ trainer: String?, _ plans: String?
  ) -> NNXError {
    let asked = [
      configuration.map { "configuration '\($0)'" }, trainer.map { "trainer '\($0)'" },
      plans.map { "plans '\($0)'" },
    ].compactMap(\.self)
    let models = entries.map(\.description)
    let isPlain = trainer == nil && plans == nil
    let names =
      isPlain
      ? Set(models.map(\.configuration)).sorted { $0 < $1 }.joined(separator: ", ")
      : models.map(\.fullName).joined(separator: ", ")
    return NNXError(
      .unknownConfiguration,
      asked.isEmpty
        ? "\(path) has several configurations and none of the usual names"
        : "\(path) has no \(asked.joined(separator: " with "))",
      details: ["It has: \(names)"])
  }
}

extension ModelDescription {
  /// `nnUNetTrainer__nnUNetPlans__3d_fullres`: what tells a model from the others of its dataset.
  package var fullName: String { "\(trainer)__\(plans)__\(configuration)" }
}

extension NNXError.Code {
  package static let unknownCheckpoint = NNXError.Code("unknown-checkpoint", .notFound)
  package static let severalModels = NNXError.Code("several-models", .usage)
}
