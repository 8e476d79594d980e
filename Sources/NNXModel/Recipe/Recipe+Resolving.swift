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
    var scope = Scope(weights: weights, channels: channels)
    for (index, step) in steps.enumerated() {
      do throws(DocumentProblem) {
        guard scope.given[step.name] == nil else {
          throw DocumentProblem(at: "name", "'\(step.name)' is there twice")
        }
        scope.given[step.name] = try scope.labels(of: step.operation)
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
    labels = result.sorted()
  }
}

/// What is known before a step.
private struct Scope {
  let weights: [WeightSet]
  let channels: Int
  /// Labels that the maps of the steps before may hold.
  var given: [String: Set<Int>] = [:]

  init(weights: [WeightSet], channels: Int) {
    self.weights = weights
    self.channels = channels
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
