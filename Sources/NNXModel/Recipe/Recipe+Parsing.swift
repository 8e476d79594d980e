import NNXSystem

extension Recipe {
  /// Reads the member `recipe` of an entry.
  ///
  /// - Parameters:
  ///   - channels: how many the image has.
  ///   - weights: the entry's sets.
  ///   - published: the labels that the entry publishes.
  /// - Throws: `invalid-registry`: a member is missing, unknown or of the wrong type; a step names a step
  ///   that is not before it, weights that the entry lacks, or labels that its input cannot hold; a step
  ///   is used by none; the result may hold a label that is not published.
  init(
    _ fields: RegistryFields, channels: Int, weights: [WeightSet], published: [Int]
  ) throws(NNXError) {
    try fields.allow(["statedBy", "steps", "note"])
    statedBy = try fields.string("statedBy")
    note = try fields.optionalString("note")
    json = fields.json
    var steps: [Step] = []
    var given: [String: Set<Int>] = [:]
    var used: Set<String> = []
    let all = try fields.filledList("steps") { (step) throws(NNXError) in step }
    for (index, step) in all.enumerated() {
      let name = try step.modelName("name")
      guard given[name] == nil else { throw step.failure("name", "'\(name)' is there twice") }
      let reader = StepFields(step, given: given, weights: weights, channels: channels)
      let (operation, labels) = try reader.read()
      steps.append(Step(name: name, operation: operation))
      given[name] = labels
      used.formUnion(operation.inputs)
      guard index == all.count - 1 else { continue }
      if let idle = steps.dropLast().first(where: { !used.contains($0.name) }) {
        throw fields.failure("steps", "has '\(idle.name)', which no later step uses")
      }
      guard labels.isSubset(of: published) else {
        let extra = labels.subtracting(published).sorted().map(String.init)
        throw fields.failure(
          "steps", "gives \(extra.joined(separator: ", ")), which the entry's labels lack")
      }
    }
    self.steps = steps
    self.labels = steps.last.flatMap { given[$0.name] }?.sorted() ?? []
  }
}

/// One step's members, and what is known before it.
private struct StepFields {
  let fields: RegistryFields
  /// Labels that the maps of the steps before may hold.
  let given: [String: Set<Int>]
  let weights: [WeightSet]
  let channels: Int

  init(
    _ fields: RegistryFields, given: [String: Set<Int>], weights: [WeightSet], channels: Int
  ) {
    self.fields = fields
    self.given = given
    self.weights = weights
    self.channels = channels
  }

  private enum Verb: String {
    case run, vote, select, keepLargest, mask, overlay, relabelSmall, crop, clearMinimum
  }

  /// - Returns: the operation, and the labels that its map may hold.
  func read() throws(NNXError) -> (Recipe.Operation, Set<Int>) {
    let verb = try fields.word("do", Verb.self)
    func allow(_ keys: [String]) throws(NNXError) { try fields.allow(["name", "do"] + keys) }
    switch verb {
    case .run:
      try allow(["weights", "folds", "mirroring", "postprocessing"])
      let (run, trained) = try run()
      return (.run(run), trained)
    case .vote:
      try allow(["weights", "folds", "mirroring", "postprocessing", "atLeast", "labels"])
      let (run, trained) = try run()
      let share = try fields.number("atLeast")
      guard share > 0, share <= 1 else { throw fields.failure("atLeast", "is not above 0 up to 1") }
      let changes = try changes(within: trained)
      return (.vote(run, atLeast: share, labels: changes), Set(changes.map(\.to)))
    case .select:
      try allow(["of", "labels"])
      let (of, labels) = try step("of")
      let changes = try changes(within: labels)
      return (.select(of: of, labels: changes), Set(changes.map(\.to)))
    case .keepLargest:
      try allow(
        ["of", "labels", "each", "count", "minimumVoxels", "secondAbove", "connectivity"])
      let (of, labels) = try step("of")
      return (.keepLargest(of: of, try largest(within: labels)), labels)
    case .mask:
      try allow(["of", "by", "labels"])
      let (of, labels) = try step("of")
      let (by, others) = try step("by")
      let selection = try selection(fields, "labels", within: others)
      return (.mask(of: of, by: by, labels: selection), labels)
    case .overlay:
      try allow(["of", "over"])
      let (of, labels) = try step("of")
      let (over, others) = try step("over")
      return (.overlay(of: of, over: over), labels.union(others))
    case .relabelSmall:
      try allow(["of", "labels", "below", "measure", "to", "connectivity"])
      let (of, labels) = try step("of")
      let small = try small(within: labels)
      return (.relabelSmall(of: of, small), labels.union(small.to == 0 ? [] : [small.to]))
    case .crop:
      try allow(["of", "around", "labels", "margin"])
      let (of, labels) = try step("of")
      let (around, others) = try step("around")
      let selection = try selection(fields, "labels", within: others)
      let margin = try fields.optionalNumber("margin") ?? 0
      guard margin >= 0 else { throw fields.failure("margin", "is below 0") }
      return (.crop(of: of, around: around, labels: selection, margin: margin), labels)
    case .clearMinimum:
      try allow(["of", "channel"])
      let (of, labels) = try step("of")
      let channel = try fields.int("channel")
      guard channel < channels else {
        throw fields.failure("channel", "is \(channel), which the entry's inputs lack")
      }
      return (.clearMinimum(of: of, channel: channel), labels)
    }
  }

  private func run() throws(NNXError) -> (Recipe.Run, Set<Int>) {
    let id = try fields.string("weights")
    guard let set = weights.first(where: { $0.id == id }) else {
      throw fields.failure("weights", "is '\(id)', which the entry's weights lack")
    }
    let folds = try fields.optionalArray("folds", "a list of fold numbers") { $0.int }
    if let folds, let known = set.folds, !folds.allSatisfy(known.contains) {
      throw fields.failure("folds", "names folds that '\(id)' lacks")
    }
    guard folds?.isEmpty != true else { throw fields.failure("folds", "is empty") }
    let run = Recipe.Run(
      weights: id, folds: folds, mirroring: try fields.optionalBool("mirroring") ?? true,
      postprocessing: try fields.optionalBool("postprocessing") ?? true)
    return (run, Set(set.labels.map(\.value)).subtracting([0]))
  }

  private func step(_ key: String) throws(NNXError) -> (String, Set<Int>) {
    let name = try fields.string(key)
    guard let labels = given[name] else {
      throw fields.failure(key, "is '\(name)', which is no step before it")
    }
    return (name, labels)
  }

  private func changes(within labels: Set<Int>) throws(NNXError) -> [Recipe.Change] {
    try fields.filledList("labels") { (change) throws(NNXError) in
      try change.allow(["from", "to"])
      let to = try change.int("to")
      guard (1...65535).contains(to) else { throw change.failure("to", "is no label") }
      return Recipe.Change(from: try selection(change, "from", within: labels), to: to)
    }
  }

  private func largest(within labels: Set<Int>) throws(NNXError) -> Recipe.Largest {
    let count = try fields.int("count")
    guard count > 0 else { throw fields.failure("count", "is 0") }
    let share = try fields.optionalNumber("secondAbove") ?? 0
    guard share >= 0, share < 1 else {
      throw fields.failure("secondAbove", "is not from 0 to below 1")
    }
    return Recipe.Largest(
      labels: try selection(fields, "labels", within: labels),
      each: try fields.optionalBool("each") ?? false, count: count,
      minimumVoxels: try fields.optionalInt("minimumVoxels") ?? 0, secondAbove: share,
      connectivity: try fields.word("connectivity", ComponentRule.Connectivity.self))
  }

  private func small(within labels: Set<Int>) throws(NNXError) -> Recipe.Small {
    let below = try fields.number("below")
    guard below > 0 else { throw fields.failure("below", "is not above 0") }
    let to = try fields.optionalInt("to") ?? 0
    guard to <= 65535 else { throw fields.failure("to", "is no label") }
    return Recipe.Small(
      labels: try selection(fields, "labels", within: labels), below: below,
      measure: try fields.word("measure", Recipe.Small.Measure.self), to: to,
      connectivity: try fields.word("connectivity", ComponentRule.Connectivity.self))
  }

  /// `foreground`, or a list of labels that the map may hold.
  private func selection(
    _ fields: RegistryFields, _ key: String, within labels: Set<Int>
  ) throws(NNXError) -> Recipe.Selection {
    let what = "neither 'foreground' nor a list of labels"
    guard let value = fields.value(key) else { throw fields.failure(key, "is missing") }
    if value.string == "foreground" { return .foreground }
    guard value.array != nil, let values = try fields.optionalArray(key, what, { $0.int }),
      !values.isEmpty
    else { throw fields.failure(key, "is \(what)") }
    guard labels.isSuperset(of: values) else {
      let odd = Set(values).subtracting(labels).sorted().map(String.init)
      throw fields.failure(
        key, "names \(odd.joined(separator: ", ")), which its input does not hold")
    }
    return .values(Set(values).sorted())
  }
}
