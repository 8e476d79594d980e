import NNXImage
import NNXModel
import NNXSystem
import NNXTensor

/// A recipe with the networks that it runs: from images to the labels that the publisher delivers.
struct RecipeRun {
  let recipe: Recipe
  /// Of the steps that run a network, in their order.
  private let members: [Member]

  /// - Parameter members: of the steps that run a network, in their order.
  /// - Throws: `recipe-mismatch` when an installed network does not write the labels that the recipe
  ///   names, or reads other channels than the others.
  init(_ recipe: Recipe, _ members: [Member]) throws(NNXError) {
    self.recipe = recipe
    self.members = members
    for (run, member) in zip(recipe.steps.compactMap(\.operation.run), members) {
      let written = member.model.labels.written.map(\.value)
      let missing = Set(recipe.labels(of: run.weights)).subtracting(written).sorted()
      guard missing.isEmpty else {
        throw NNXError(
          .recipeMismatch, "the recipe does not fit the installed network \(run.weights)",
          details: [
            "The recipe names: \(missing.map { "label \($0)" }.joined(separator: ", "))",
            "The network writes: \(written.map(String.init).joined(separator: ", "))",
          ], fixes: ["Write nnU-Net's own labels with --raw-labels"])
      }
      guard member.model.channels.count == members[0].model.channels.count else {
        throw NNXError(
          .recipeMismatch, "the networks of the recipe read different channels",
          details: members.map {
            "\($0.model.dataset): \($0.model.channels.joined(separator: ", "))"
          }, fixes: ["Run one of them with --raw-labels, named as NAME/WEIGHTS"])
      }
    }
  }

  /// Carries out all steps.
  ///
  /// - Parameters:
  ///   - images: emptied as soon as their voxels are not needed any more.
  ///   - lap: called after each part with its name.
  func labels(
    _ images: inout [Image], _ item: Case, lap: (String) -> Void, _ progress: ProgressHandler
  ) throws -> LabelMap {
    let spacing = images[0].geometry.spacing
    var covered: [Int: LabelMap] = [:]
    for step in recipe.steps {
      guard case .clearMinimum(_, let channel) = step.operation, covered[channel] == nil else {
        continue
      }
      covered[channel] = LabelMap(aboveMinimumOf: images[channel].voxels)
    }
    var maps: [String: LabelMap] = [:]
    var next = 0
    for (index, step) in recipe.steps.enumerated() {
      if step.operation.run != nil {
        let member = members[next]
        let previous = try member.previousLabels(images, item, progress)
        if previous != nil { lap("previous stage") }
        let prepared = try member.stage.prepare(images, previous: previous, progress)
        if next == members.count - 1 { images = [] }
        lap("preprocess")
        maps[step.name] = try predict(
          step.operation, member.stage, prepared, spacing: spacing, lap, progress)
        next += 1
      } else {
        maps[step.name] = step.operation.labels(from: maps, images: covered, spacing: spacing)
        lap("recipe")
      }
      let needed = Set(recipe.steps.dropFirst(index + 1).flatMap(\.operation.inputs))
      maps = maps.filter { needed.contains($0.key) || $0.key == step.name }
    }
    guard let last = recipe.steps.last, let labels = maps[last.name] else {
      preconditionFailure("a recipe without steps")
    }
    return labels
  }

  private func predict(
    _ operation: Recipe.Operation, _ stage: Stage, _ prepared: Preprocessor.Result,
    spacing: [Double], _ lap: (String) -> Void, _ progress: ProgressHandler
  ) throws -> LabelMap {
    func labels(_ stage: Stage) throws -> LabelMap {
      let scores = try stage.scores(prepared, progress)
      lap("predict")
      let labels = try LabelExport(
        stage.model, properties: prepared.properties, threads: stage.threads
      ).labels(from: scores, progress: progress)
      if operation.run?.postprocessing == true {
        labels.apply(stage.model.postprocessing, spacing: spacing)
      }
      lap("export")
      return labels
    }
    guard case .vote(_, let share, let changes) = operation else { return try labels(stage) }
    var votes = FoldVotes(prepared.properties.shape, changes.map(LabelChange.init))
    for fold in stage.folds {
      votes.add(try labels(stage.alone(fold)))
      lap("recipe")
    }
    return votes.labels(atLeast: share)
  }

  /// What the run record says of it.
  ///
  /// - Parameter item: the case that was predicted.
  func record(_ item: Case) -> OrderedJSON {
    let runs = recipe.steps.filter { $0.operation.run != nil }
    return [
      "recipe": recipe.json,
      "networks": .array(
        zip(runs, members).map { step, member in
          .object(
            [
              .init("step", .string(step.name)),
              .init("weights", OrderedJSON(step.operation.run?.weights)),
            ] + (member.record(item).members ?? []))
        }),
    ]
  }
}

extension NNXError.Code {
  package static let recipeMismatch = NNXError.Code("recipe-mismatch", .data)
}
