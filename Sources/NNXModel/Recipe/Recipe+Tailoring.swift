import NNXSystem

extension Recipe {
  /// What somebody wants of a recipe.
  package struct Wish: Equatable, Sendable {
    /// Name of a variant; the recipe's own steps when `nil`.
    package var variant: String?
    /// Values of the labels that are wanted, ascending; all when `nil`.
    package var labels: [Int]?
    /// mm³ up to which components of each label become background; none when `nil`.
    package var specks: Double?

    package init(variant: String? = nil, labels: [Int]? = nil, specks: Double? = nil) {
      self.variant = variant
      self.labels = labels
      self.specks = specks
    }
  }

  /// The recipe that does what is wanted, and nothing that is not needed for it.
  ///
  /// - Throws: `usage` when the recipe cannot: it has no such variant, or no way to some labels alone.
  package func tailored(_ wish: Wish) throws(NNXError) -> Recipe {
    if wish == Wish() { return self }
    var result = self
    var given: OrderedJSON = json["steps"] ?? .null
    if let name = wish.variant {
      guard let variant = variants.first(where: { $0.name == name }) else {
        let others = variants.map(\.name).joined(separator: ", ")
        throw NNXError(
          .usage, "the recipe of \(statedBy) has no variant '\(name.excerpt)'",
          fixes: [others.isEmpty ? "Leave out --\(name.excerpt)" : "Choose from: \(others)"])
      }
      result.steps = variant.steps
      given = variant.json["steps"] ?? .null
    }
    if let labels = wish.labels { try result.restrict(to: labels, of: subset) }
    if let specks = wish.specks { result.clear(specks: specks) }
    result.json = .object([
      .init("statedBy", .string(statedBy)), .init("variant", OrderedJSON(wish.variant)),
      .init("labels", wish.labels.map { OrderedJSON($0) } ?? .null),
      .init("removeSmallBlobs", wish.specks.map { .double($0) } ?? .null),
      .init("subset", wish.labels == nil ? .null : json["subset"] ?? .null),
      .init("steps", given),
    ])
    return result
  }

  /// Cuts the image to where some labels lie, leaves out networks that give none of them, and clears the others.
  private mutating func restrict(to labels: [Int], of subset: Subset?) throws(NNXError) {
    guard let subset else {
      throw NNXError(
        .usage, "the recipe of \(statedBy) has no way to some labels alone",
        fixes: ["Leave out --roi-subset"])
    }
    let wanted = Set(labels)
    var isCut = false
    steps = steps.map { step in
      var step = step
      switch step.operation {
      case .prepare(var prepare) where !isCut && prepare.around == nil:
        prepare.around = Around(of: subset.around, labels: .values(labels), margin: subset.margin)
        step.operation = .prepare(prepare)
        isCut = true
      case .merge(let parts):
        let needed = parts.filter { !wanted.isDisjoint(with: $0.to) }
        step.operation = .merge(needed)
      default: break
      }
      return step
    }
    guard let last = steps.last else { return }
    steps = subset.steps + steps
    steps.append(Step(name: "asked-for", operation: .keep(of: last.name, labels: .values(labels))))
    self.labels = labels
    // What nobody uses any more is not run.
    while true {
      let used = Set(steps.flatMap(\.operation.inputs))
      let needed = steps.enumerated().filter {
        $0.offset == steps.count - 1 || used.contains($0.element.name)
      }
      if needed.count == steps.count { return }
      steps = needed.map(\.element)
    }
  }

  /// Clears small components just before the result goes back to the images' grid, where it does.
  private mutating func clear(specks volume: Double) {
    guard let last = steps.indices.last else { return }
    let name = "specks"
    let speck = Speck(labels: .foreground, upTo: volume, connectivity: .faces)
    let place = steps.lastIndex { if case .back = $0.operation { true } else { false } }
    if let place, case .back(let of) = steps[place].operation {
      steps[place].operation = .back(of: name)
      steps.insert(Step(name: name, operation: .clearSmall(of: of, speck)), at: place)
    } else {
      let of = steps[last].name
      steps.append(Step(name: name, operation: .clearSmall(of: of, speck)))
    }
  }
}

extension Recipe {
  /// Checks that the steps before a restricted recipe fit its first image.
  ///
  /// - Throws: what is wrong with the subset.
  func checkSubset(
    channels: Int, weights: [WeightSet], published: [Int]
  ) throws(DocumentProblem) {
    guard let subset else { return }
    do throws(DocumentProblem) {
      guard subset.steps.last?.name == subset.around else {
        throw DocumentProblem(at: "around", "is '\(subset.around)', not the last of its steps")
      }
      _ = try Recipe.labels(
        of: subset.steps, channels: channels, weights: weights, published: published)
    } catch { throw error.within("subset") }
  }
}
