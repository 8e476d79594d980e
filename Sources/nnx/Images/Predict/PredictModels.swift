import NNXImage
import NNXModel
import NNXPredict
import NNXReport
import NNXStore
import NNXSystem

/// What `nnx predict -m` stands for: a model with its publisher's recipe, or networks whose labels are
/// nnU-Net's own.
struct PredictModels {
  /// The configurations to run.
  let choices: [Predictor.Choice]
  /// `nil`: nnU-Net's own labels.
  let recipe: Recipe?
  /// What the run record says of the models.
  let identity: OrderedJSON
  /// Names, colours and codes of what is written.
  let table: LabelTable
  /// The order of the arrays that the publisher's images had.
  let arrayOrder: SeriesReading.Order
  /// What the published result needs besides, in words.
  let requirements: [String]

  /// - Parameters:
  ///   - names: `NAME`, `NAME@VERSION`, or `NAME/WEIGHTS` for one set of weights of a model.
  ///   - isRaw: whether nnU-Net's own labels are asked for.
  ///   - settings: flags in use that are about nnU-Net's own labels.
  ///   - publisher: what of the publisher's recipe is wanted.
  ///   - mayInstall: whether a model that is missing is offered to be installed.
  /// - Throws: `not-installed`; `unknown-configuration`; `usage` when such a flag meets a recipe.
  init(
    _ names: [String], configurations: [String]?, trainer: String?, plans: String?,
    folds: [String]?, isRaw: Bool, rawSettings settings: [String],
    publisher: PublisherOptions, mayInstall: Bool, _ context: Context
  ) throws {
    let registry = try? context.openRegistry()
    var models = try names.map {
      try Named($0, context, registry, publisher.parts, mayInstall: mayInstall)
    }
    if registry == nil, !isRaw,
      models.contains(where: { $0.installed.receipt.source.kind == .registry })
    {
      // Without the registry the recipe is unknown; its error says why there is none.
      _ = try context.openRegistry()
    }
    let known = registry?.card(named: models[0].installed.name)?.arrayOrder?.order
    arrayOrder = known.flatMap { SeriesReading.Order(rawValue: $0.rawValue) } ?? .dcm2niix
    if !isRaw, models.count == 1, models[0].set == nil,
      let card = registry?.card(of: models[0].installed), let own = card.recipe
    {
      guard settings.isEmpty else {
        throw NNXError(
          .usage, "\(settings.joined(separator: ", ")): \(card.name) follows a recipe",
          details: ["These flags are about nnU-Net's own labels, which the recipe works on."],
          fixes: ["Leave them out, or write nnU-Net's own labels with --raw-labels"])
      }
      var recipe = try own.tailored(publisher.wish(of: card))
      guard publisher.localizer == nil || recipe.namesSpine else {
        throw NNXError(
          .usage, "--localizer: \(card.name) names no discs by one",
          fixes: ["Leave it out: it is TotalSpineSeg's"])
      }
      var names = labelTable(of: card)
      if publisher.v1Order {
        guard card.name == "totalsegmentator",
          let older = registry?.card(named: "totalsegmentator-v1")
        else {
          throw NNXError(
            .usage, "--v1-order: \(card.name) has no older order",
            fixes: ["Leave it out: it is totalsegmentator's"])
        }
        recipe.renumber(from: card.labels, as: older.labels)
        names = labelTable(of: older)
      }
      let lacking = recipe.weights.filter(models[0].installed.receipt.lacking.contains)
      if let registry, !lacking.isEmpty {
        models[0].installed = try InstallOffer(context, registry)
          .complete(models[0].installed, lacking, mayAsk: mayInstall)
      }
      self.recipe = recipe
      choices = try recipe.steps.compactMap(\.operation.run).map { run in
        let folder = try models[0].installed.open(set: run.weights)
        return Predictor.Choice(
          folder: folder, entry: try folder.entry(configuration: nil),
          folds: folds ?? run.folds.map { $0.map(String.init) }, mirroring: run.mirroring,
          tileStep: run.tileStep, checkpoint: run.checkpoint)
      }
      identity = OrderedJSON(encoding: models[0].installed.identity)
      let given = Set(recipe.labels)
      table = LabelTable(names.entries.filter { given.contains($0.value) })
      requirements = card.requires
      return
    }
    guard publisher.flags.isEmpty else {
      throw NNXError(
        .usage,
        "\(publisher.flags.joined(separator: ", ")): \(names.joined(separator: ", ")) follows no recipe",
        details: ["These flags choose among the steps of a publisher's recipe."],
        fixes: [isRaw ? "Leave out --raw-labels" : "Leave them out"])
    }
    recipe = nil
    choices = try models.flatMap { model in
      let folder = try model.installed.open(set: model.set)
      return try folder.entries(
        configurations: configurations, trainer: trainer, plans: plans
      ).map {
        Predictor.Choice(folder: folder, entry: $0, folds: folds)
      }
    }
    let identities = models.map { OrderedJSON(encoding: $0.installed.identity) }
    identity = identities.count == 1 ? identities[0] : .array(identities)
    table = labelTable(
      of: choices[0].entry.description.labels,
      card: registry?.card(named: models[0].installed.name), weights: models[0].set)
    requirements = []
  }

  /// An installed model that `--model` names.
  private struct Named {
    var installed: InstalledModel
    /// Id of a set of weights.
    let set: String?

    init(
      _ text: String, _ context: Context, _ registry: Registry?, _ wanted: PartOptions,
      mayInstall: Bool
    ) throws {
      let parts = text.split(separator: "/", maxSplits: 1).map(String.init)
      let name = parts.first ?? text
      let store = try context.store()
      do {
        installed = try registry?.find(name, in: store) ?? store.find(name)
      } catch let error as NNXError {
        guard mayInstall, let registry else { throw error }
        installed = try InstallOffer(context, registry).install(name, wanted, because: error)
      }
      set = parts.count > 1 ? parts[1] : nil
    }
  }
}
