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
    /// How often images are halved; not at all when `nil`.
    package var halvings: Int?
    /// Planes beyond each cut; the publisher's number when `nil`.
    package var halvesMargin: Int?

    package init(
      variant: String? = nil, labels: [Int]? = nil, specks: Double? = nil, halvings: Int? = nil,
      halvesMargin: Int? = nil
    ) {
      self.variant = variant
      self.labels = labels
      self.specks = specks
      self.halvings = halvings
      self.halvesMargin = halvesMargin
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
    if let level = wish.halvings { try result.halve(level, margin: wish.halvesMargin) }
    result.json = .object([
      .init("statedBy", .string(statedBy)), .init("variant", OrderedJSON(wish.variant)),
      .init("labels", wish.labels.map { OrderedJSON($0) } ?? .null),
      .init("removeSmallBlobs", wish.specks.map { .double($0) } ?? .null),
      .init("halvings", OrderedJSON(wish.halvings)),
      .init("halvesMargin", OrderedJSON(wish.halvesMargin)),
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
    if let lost = labels.first(where: subset.lacks.contains) {
      throw NNXError(
        .usage, "the network that finds structures for \(statedBy) knows no label \(lost)",
        fixes: ["Leave that structure out of --roi-subset, or leave out --roi-subset"])
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

  /// Has networks see images in halves.
  private mutating func halve(_ level: Int, margin: Int?) throws(NNXError) {
    var isPossible = false
    for index in steps.indices {
      guard case .prepare(var prepare) = steps[index].operation,
        case .halves(_, let usual) = prepare.pieces
      else { continue }
      prepare.pieces = .halves(level: level, margin: margin ?? usual)
      steps[index].operation = .prepare(prepare)
      isPossible = true
    }
    guard isPossible else {
      throw NNXError(
        .usage, "the recipe of \(statedBy) halves no images", fixes: ["Leave out --split-level"])
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
  /// Numbers the result's labels as another model numbers structures of the same names: those that it lacks go.
  ///
  /// The result's table has all of the other's labels, those that this one lacks, too, as TotalSegmentator's
  /// `--v1_order` writes it.
  ///
  /// - Parameter own: the labels of this entry.
  package mutating func renumber(from own: [ModelCard.Label], as others: [ModelCard.Label]) {
    guard let last = steps.last else { return }
    let given = Set(labels)
    let changes = others.compactMap { other -> Change? in
      guard let label = own.first(where: { $0.name == other.name }), given.contains(label.value)
      else { return nil }
      return Change(from: .values([label.value]), to: other.value)
    }
    steps.append(Step(name: "numbered", operation: .select(of: last.name, labels: changes)))
    labels = others.map(\.value).sorted()
    json = .object((json.members ?? []) + [.init("numberedAs", .string("TotalSegmentator 1"))])
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
