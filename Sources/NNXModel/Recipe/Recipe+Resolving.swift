import NNXSystem

extension Recipe {
  /// Compares the steps with each other and with the entry they belong to, and notes the labels that the
  /// result may hold.
  ///
  /// - Parameters:
  ///   - channels: how many the image has.
  ///   - weights: the entry's sets.
  ///   - published: the labels that the entry publishes.
  /// - Throws: a step names a step that is not before it, weights that the entry lacks, or labels that its
  ///   input cannot hold; a step is used by none; the result may hold a label that is not published.
  mutating func resolve(
    channels: Int, weights: [WeightSet], published: [Int]
  ) throws(DocumentProblem) {
    labels = try Recipe.labels(
      of: steps, channels: channels, weights: weights, published: published)
    var names: Set<String> = []
    for (index, variant) in variants.enumerated() {
      guard names.insert(variant.name).inserted else {
        throw DocumentProblem(at: "variants", "has '\(variant.name)' twice")
      }
      do throws(DocumentProblem) {
        _ = try Recipe.labels(
          of: variant.steps, channels: channels, weights: weights, published: published)
      } catch { throw error.within(index).within("variants") }
    }
    try checkSubset(channels: channels, weights: weights, published: published)
    try checkMasks()
  }

  /// The labels that the last of some steps may give.
  static func labels(
    of steps: [Step], channels: Int, weights: [WeightSet], published: [Int]
  ) throws(DocumentProblem) -> [Int] {
    var scope = Scope(weights: weights, channels: channels)
    for (index, step) in steps.enumerated() {
      do throws(DocumentProblem) {
        try scope.add(step)
      } catch { throw error.within(index).within("steps") }
    }
    let used = Set(steps.flatMap(\.operation.inputs))
    if let idle = steps.dropLast().first(where: { !used.contains($0.name) }) {
      throw DocumentProblem(at: "steps", "has '\(idle.name)', which no later step uses")
    }
    let result = steps.last.flatMap { scope.given[$0.name] } ?? []
    guard result.isSubset(of: published) else {
      let extra = result.subtracting(published).sorted().map(String.init)
      throw DocumentProblem(
        at: "steps", "gives \(extra.joined(separator: ", ")), which the entry's labels lack")
    }
    guard let last = steps.last, scope.grids[last.name] == nil else {
      throw DocumentProblem(at: "steps", "ends on the grid of a prepared image, not of the images")
    }
    return result.sorted()
  }
}

/// What is known before a step.
private struct Scope {
  let weights: [WeightSet]
  let channels: Int
  /// Labels that the maps of the steps before may hold.
  var given: [String: Set<Int>] = [:]
  /// Images that steps before prepared.
  private var prepared: Set<String> = []
  /// Whose view of files the images that steps before prepared take.
  private var reader: Recipe.Prepare.Reader?
  /// The prepared images on whose grids maps lie; others lie on that of the images.
  private(set) var grids: [String: String] = [:]

  init(weights: [WeightSet], channels: Int) {
    self.weights = weights
    self.channels = channels
  }

  /// Notes a step.
  mutating func add(_ step: Recipe.Step) throws(DocumentProblem) {
    guard given[step.name] == nil, !prepared.contains(step.name) else {
      throw DocumentProblem(at: "name", "'\(step.name)' is there twice")
    }
    if case .prepare(let prepare) = step.operation {
      try check(prepare)
      prepared.insert(step.name)
      reader = prepare.reader
      return
    }
    if case .discs(let discs) = step.operation {
      _ = try map("by", discs.by)
      guard prepared.contains(discs.of), grids[discs.by] == discs.of else {
        throw DocumentProblem(at: "of", "is '\(discs.of)', which is not the image of '\(discs.by)'")
      }
      prepared.insert(step.name)
      return
    }
    given[step.name] = try labels(of: step.operation)
    grids[step.name] = try grid(of: step.operation)
  }

  private func check(_ prepare: Recipe.Prepare) throws(DocumentProblem) {
    guard channels == 1 else {
      throw DocumentProblem(at: "do", "prepares one channel, and the entry has \(channels)")
    }
    guard reader == nil || reader == prepare.reader else {
      throw DocumentProblem(at: "reader", "is another than that of the image before")
    }
    guard let around = prepare.around else { return }
    try check(around.labels, within: map("around", around.of))
    guard grids[around.of] == nil else {
      throw DocumentProblem(at: "around", "is '\(around.of)', which lies on another grid")
    }
  }

  /// The prepared image on whose grid the map of a step lies.
  private func grid(of operation: Recipe.Operation) throws(DocumentProblem) -> String? {
    switch operation {
    case .run(let run), .vote(let run, _, _):
      guard let on = run.on else { return nil }
      guard prepared.contains(on) else {
        throw DocumentProblem(at: "on", "is '\(on)', which no step before prepares")
      }
      return on
    case .back(let of):
      guard grids[of] != nil else {
        throw DocumentProblem(at: "of", "is '\(of)', which lies on the images' grid already")
      }
      return nil
    case .clearMinimum(let of, _) where grids[of] != nil,
      .slab(let of, _, _) where grids[of] != nil:
      throw DocumentProblem(at: "of", "is '\(of)', which lies on the grid of a prepared image")
    default:
      let grid = operation.inputs.first.flatMap { grids[$0] }
      guard operation.inputs.allSatisfy({ grids[$0] == grid }) else {
        throw DocumentProblem(at: "do", "has maps on different grids")
      }
      return grid
    }
  }

  /// The labels that the map of a step may hold.
  func labels(of operation: Recipe.Operation) throws(DocumentProblem) -> Set<Int> {
    switch operation {
    case .run(let run): return try trained(run)
    case .vote(let run, _, let changes): return try result(of: changes, within: trained(run))
    case .select(let of, let changes): return try result(of: changes, within: map("of", of))
    case .keepLargest(let of, let largest):
      let labels = try map("of", of)
      try check(largest.labels, within: labels)
      return labels
    case .mask(let of, let by, let selection):
      let labels = try map("of", of)
      try check(selection, within: map("by", by))
      return labels
    case .overlay(let of, let over): return try map("of", of).union(map("over", over))
    case .relabelSmall(let of, let small):
      let labels = try map("of", of)
      try check(small.labels, within: labels)
      return labels.union(small.to == 0 ? [] : [small.to])
    case .crop(let of, let around, let selection, _):
      let labels = try map("of", of)
      try check(selection, within: map("around", around))
      return labels
    case .clearMinimum(let of, let channel):
      guard channel < channels else {
        throw DocumentProblem(at: "channel", "is \(channel), which the entry's inputs lack")
      }
      return try map("of", of)
    case .prepare, .discs: return []
    case .nameSpine(let of, _):
      _ = try map("of", of)
      return Set(Recipe.spineLabels)
    case .merge(let parts):
      var labels: Set<Int> = []
      for (index, part) in parts.enumerated() {
        let own = try map("parts[\(index)].of", part.of)
        labels.formUnion(part.to.enumerated().filter { own.contains($0.offset + 1) }.map(\.element))
      }
      return labels.subtracting([0])
    case .keep(let of, let selection):
      let labels = try map("of", of)
      try check(selection, within: labels)
      guard case .values(let values) = selection else { return labels }
      return Set(values)
    case .clearSmall(let of, let speck):
      let labels = try map("of", of)
      try check(speck.labels, within: labels)
      return labels
    case .back(let of): return try map("of", of)
    case .slab(let of, let around, let selection):
      let labels = try map("of", of)
      try check(selection, within: map("around", around))
      return labels
    }
  }

  private func trained(_ run: Recipe.Run) throws(DocumentProblem) -> Set<Int> {
    guard let set = weights.first(where: { $0.id == run.weights }) else {
      throw DocumentProblem(
        at: "weights", "is '\(run.weights)', which the entry's weights lack")
    }
    if let folds = run.folds, let known = set.folds, !folds.allSatisfy(known.contains) {
      throw DocumentProblem(at: "folds", "names folds that '\(run.weights)' lacks")
    }
    return Set(set.labels.map(\.value)).subtracting([0])
  }

  private func map(_ key: String, _ name: String) throws(DocumentProblem) -> Set<Int> {
    guard let labels = given[name] else {
      throw DocumentProblem(at: key, "is '\(name)', which is no step before it")
    }
    return labels
  }

  private func result(
    of changes: [Recipe.Change], within labels: Set<Int>
  ) throws(DocumentProblem) -> Set<Int> {
    for (index, change) in changes.enumerated() {
      try check(change.from, at: "labels[\(index)].from", within: labels)
    }
    return Set(changes.map(\.to))
  }

  private func check(
    _ selection: Recipe.Selection, at place: String = "labels", within labels: Set<Int>
  ) throws(DocumentProblem) {
    guard case .values(let values) = selection, !labels.isSuperset(of: values) else { return }
    let odd = Set(values).subtracting(labels).sorted().map(String.init)
    throw DocumentProblem(
      at: place, "names \(odd.joined(separator: ", ")), which its input does not hold")
  }
}
