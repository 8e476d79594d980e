import NNXImage
import NNXModel
import NNXSystem
import NNXTensor

extension Predictor {
  /// What may change a voxel of a case, and the number of threads, which does not: `settings` of the run record.
  ///
  /// - Parameters:
  ///   - item: the case that is predicted.
  ///   - output: path of its segmentation.
  func settings(_ item: Case, to output: String) -> OrderedJSON {
    var fields: [OrderedJSON.Member]
    if let recipe {
      fields = [
        .init("recipe", recipe.json), .init("networks", networks(of: recipe, item)),
      ]
    } else {
      fields =
        members.count == 1
        ? members[0].settings(item)
        : [.init("ensemble", .array(members.map { .object($0.settings(item)) }))]
      fields.append(.init("recipe", .null))
    }
    fields += arrayOrder(item)
    if let localizer {
      let path = try? localizer.path(of: item)
      fields.append(.init("localizer", OrderedJSON(path)))
      fields.append(
        .init("localizerSha256", OrderedJSON(path.flatMap { try? Digest.ofFile($0, .sha256) })))
    }
    if SEGOrigin.isTarget(output) {
      fields.append(.init("segType", .string(options.segKind.rawValue)))
    }
    if let rival = options.rivalWithin {
      fields.append(.init("rivalWithin", .double(Double(rival))))
    }
    return .object(
      fields + [
        .init("tileStep", .double(options.window.tileStep)),
        .init("postprocessing", .array(rules.map(\.json))),
        .init("regionsClassOrder", model.labels.regionsClassOrder.map { OrderedJSON($0) } ?? .null),
        .init("imageReader", OrderedJSON(model.imageReader)),
        .init("allowed", OrderedJSON(options.allowed.map(\.rawValue).sorted())),
        .init("threads", .int(threads.count)),
      ])
  }

  /// The order that series of DICOM are read in, where there are any.
  private func arrayOrder(_ item: Case) -> [OrderedJSON.Member] {
    let isSeries = item.images.contains { (try? ImageFormat(path: $0)) == .dicom }
    return isSeries ? [.init("arrayOrder", .string(options.arrayOrder.rawValue))] : []
  }

  private func networks(of recipe: Recipe, _ item: Case) -> OrderedJSON {
    let steps = recipe.steps.filter { $0.operation.run != nil }
    return .array(
      zip(steps, members).map { step, member in
        .object(
          [
            .init("step", .string(step.name)),
            .init("weights", OrderedJSON(step.operation.run?.weights)),
          ] + member.settings(item))
      })
  }
}

extension Stage {
  /// Which networks run for a case, and what they are given beside its images.
  fileprivate func settings(_ item: Case) -> [OrderedJSON.Member] {
    let own: [OrderedJSON.Member] = [
      .init("configuration", .string(model.configuration)),
      .init("folds", OrderedJSON(folds.map(\.name))),
      .init("checkpoints", OrderedJSON(Set(folds.map(\.checkpoint)).sorted())),
      .init("weightsSha256", OrderedJSON(folds.map(\.sha256))),
      .init("mirrorAxes", OrderedJSON(window.mirroring ? model.mirrorAxes : [])),
    ]
    switch previous {
    case .none: return own
    case .stage(let first): return own + [.init("previousStage", .object(first.settings(item)))]
    case .files(let files):
      let path = try? files.path(of: item)
      let digest = path.flatMap { try? Digest.ofFile($0, .sha256) }
      return own + [
        .init("previousStage", OrderedJSON(path)),
        .init("previousStageSha256", OrderedJSON(digest)),
      ]
    }
  }
}
