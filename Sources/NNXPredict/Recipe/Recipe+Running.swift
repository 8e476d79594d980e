import NNXImage
import NNXModel
import NNXSystem

extension Recipe {
  /// Checks that installed networks are those that the recipe is about.
  ///
  /// - Parameter members: of the steps that run a network, in their order.
  /// - Throws: `recipe-mismatch` when a network does not write the labels that the recipe names, or reads
  ///   other channels than the others.
  func check(_ members: [Stage]) throws(NNXError) {
    for (run, member) in zip(steps.compactMap(\.operation.run), members) {
      let written = member.model.labels.written.map(\.value)
      let missing = Set(labels(of: run.weights)).subtracting(written).sorted()
      guard missing.isEmpty else {
        throw NNXError(
          .recipeMismatch, "the recipe does not fit the installed network \(run.weights)",
          details: [
            "The recipe names: \(missing.map { "label \($0)" }.joined(separator: ", "))",
            "The network writes: \(written.map(String.init).joined(separator: ", "))",
          ], fixes: ["Write nnU-Net's own labels with --raw-labels"])
      }
      guard member.model.channels.count == members[0].model.channels.count || readsDiscs(run) else {
        throw NNXError(
          .recipeMismatch, "the networks of the recipe read different channels",
          details: members.map {
            "\($0.model.dataset): \($0.model.channels.joined(separator: ", "))"
          }, fixes: ["Run one of them with --raw-labels, named as NAME/WEIGHTS"])
      }
    }
  }

  /// Whether a network reads an image with discs as a second channel.
  private func readsDiscs(_ run: Recipe.Run) -> Bool {
    steps.contains { step in
      if case .discs = step.operation { step.name == run.on } else { false }
    }
  }

  /// Of the prepared images that the networks run on, mm, `(z, y, x)` of the patient; in the networks' order. `nil`
  /// for those that run on the images themselves, or on ones that keep their spacing.
  var spacings: [[Double]?] {
    var known: [String: [Double]] = [:]
    for step in steps {
      if case .prepare(let prepare) = step.operation { known[step.name] = prepare.spacing }
      if case .discs(let discs) = step.operation { known[step.name] = known[discs.of] }
    }
    return steps.compactMap(\.operation.run).map { run in
      run.on.flatMap { known[$0] }.map { $0.reversed() }
    }
  }

  /// With the spacings of its networks, where it says so.
  ///
  /// - Parameter choices: of the steps that run a network, in their order.
  func following(_ choices: [Predictor.Choice]) -> Recipe {
    let runs = steps.compactMap(\.operation.run)
    return following { weights in
      guard let index = runs.firstIndex(where: { $0.weights == weights }) else { return nil }
      let model = choices[index].entry.description.preprocessing
      let spacing = model.transposeBackward.map { model.spacing[$0] ?? 1 }
      return spacing.reversed()
    }
  }

  /// Carries out all steps: from images to the labels that the publisher delivers.
  ///
  /// - Parameter run: of the networks, in the order of the steps.
  func outcome(_ run: inout CaseRun) throws -> CaseRun.Outcome {
    var work = try RecipeWork(self, run.images, run.tools)
    for (index, step) in steps.enumerated() {
      guard try work.carryOut(step, &run) else {
        return CaseRun.Outcome(labels: LabelMap(work.shape, largestLabel: 0), isEmpty: true)
      }
      work.forget(besides: step, before: steps[(index + 1)...], &run)
    }
    guard let last = steps.last, let labels = work.maps[last.name] else {
      preconditionFailure("a recipe without steps")
    }
    return CaseRun.Outcome(labels: labels, soft: work.soft, levels: work.levels)
  }
}

extension Recipe.Operation {
  /// The map that a step with a network makes.
  func labels(of run: StageRun) throws -> LabelMap {
    let postprocessed = self.run?.postprocessing == true
    guard case .vote(_, let share, let changes) = self else {
      return try run.labels(postprocessed: postprocessed)
    }
    var votes = FoldVotes(run.export.properties.shape, changes.map(LabelChange.init))
    for fold in run.stage.folds {
      votes.add(try run.labels(of: [fold], postprocessed: postprocessed))
      run.lap("recipe")
    }
    return votes.labels(atLeast: share)
  }
}

extension Segmentation.Form {
  /// - Parameter recipe: which tells whose files the results look like.
  init(_ recipe: Recipe?) {
    self =
      switch recipe?.files {
      case .totalSegmentator: .totalSegmentator
      case .itk: .itk(wasTurned: recipe?.reader != nil)
      case .nibabel: .nibabel
      case nil: .own
      }
  }
}

extension NNXError.Code {
  static let recipeMismatch = NNXError.Code("recipe-mismatch", .data)
}
