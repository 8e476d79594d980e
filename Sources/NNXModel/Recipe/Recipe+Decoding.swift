import NNXSystem

// What the members of a recipe may be, each by itself (docs/recipes.md); whether they fit the entry is
// `Recipe.resolve`'s to say.

extension Recipe: Decodable {
  private enum CodingKeys: CodingKey, CaseIterable {
    case statedBy, steps, note, variants, subset, files, maskedImage, masks
  }

  package init(from decoder: any Decoder) throws {
    try decoder.allow(CodingKeys.allCases)
    let members = try decoder.container(keyedBy: CodingKeys.self)
    statedBy = try members.decode(String.self, forKey: .statedBy)
    steps = try members.decode(Filled<Step>.self, forKey: .steps).wrappedValue
    note = try members.decodeIfPresent(String.self, forKey: .note)
    variants = try members.decodeIfPresent([Variant].self, forKey: .variants) ?? []
    subset = try members.decodeIfPresent(Subset.self, forKey: .subset)
    files = try members.decodeIfPresent(Form.self, forKey: .files)
    masksImage = try members.decodeIfPresent(Bool.self, forKey: .maskedImage) ?? false
    masks = try members.decodeIfPresent([Mask].self, forKey: .masks) ?? []
    labels = []
    json = try OrderedJSON(from: decoder)
  }
}

enum StepKey: String, CodingKey {
  case name
  case verb = "do"
  case weights, folds, mirroring, postprocessing, atLeast, labels, of, by, over, each, count
  case minimumVoxels, secondAbove, connectivity, below, measure, to, around, margin, channel
  case on, tileStep, spacing, order, edge, truncates, thirds, parts, upTo
  case reader, axes, method, along, halves, boxes, network, checkpoint
}

private enum Verb: String, Word {
  case run, vote, select, keepLargest, mask, overlay, relabelSmall, crop, clearMinimum
  case prepare, merge, keep, clearSmall, back, slab
  case nameSpine, discs

  /// The members that a step of this kind may have.
  var keys: [StepKey] {
    let own: [StepKey] =
      switch self {
      case .run: [.weights, .folds, .mirroring, .postprocessing, .on, .tileStep, .checkpoint]
      case .vote: [.weights, .folds, .mirroring, .postprocessing, .atLeast, .labels]
      case .select: [.of, .labels]
      case .keepLargest:
        [.of, .labels, .each, .count, .minimumVoxels, .secondAbove, .connectivity]
      case .mask: [.of, .by, .labels]
      case .overlay: [.of, .over]
      case .relabelSmall: [.of, .labels, .below, .measure, .to, .connectivity]
      case .crop: [.of, .around, .labels, .margin]
      case .clearMinimum: [.of, .channel]
      case .prepare:
        [
          .reader, .axes, .method, .spacing, .order, .edge, .truncates, .around, .labels, .margin,
          .along, .thirds, .halves, .boxes,
        ]
      case .merge: [.parts]
      case .keep: [.of, .labels]
      case .clearSmall: [.of, .labels, .upTo, .connectivity]
      case .back: [.of]
      case .slab: [.of, .around, .labels]
      case .nameSpine: [.of, .network]
      case .discs: [.of, .by, .margin]
      }
    return [.name, .verb] + own
  }
}

extension KeyedDecodingContainer where Key == StepKey {
  func text(_ key: StepKey) throws -> String { try decode(String.self, forKey: key) }

  func labels() throws -> Recipe.Selection {
    try decode(Recipe.Selection.self, forKey: .labels)
  }

  fileprivate func changes() throws -> [Recipe.Change] {
    try decode(Filled<Recipe.Change>.self, forKey: .labels).wrappedValue
  }

  func number(
    _ key: StepKey, otherwise: Double? = nil, _ flaw: String, isValid: (Double) -> Bool
  ) throws -> Double {
    let number =
      try decodeIfPresent(Double.self, forKey: key) ?? otherwise
      ?? decode(Double.self, forKey: key)
    guard isValid(number) else { throw DocumentProblem(at: key.rawValue, flaw) }
    return number
  }
}

extension Recipe.Step: Decodable {
  package init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: StepKey.self)
    name = try members.decode(Checked<ModelName>.self, forKey: .name).wrappedValue
    let verb = try members.decode(Verb.self, forKey: .verb)
    try decoder.allow(verb.keys)
    switch verb {
    case .run: operation = .run(try Recipe.Run(from: decoder))
    case .vote:
      let share = try members.number(.atLeast, "is not above 0 up to 1") { $0 > 0 && $0 <= 1 }
      operation = .vote(
        try Recipe.Run(from: decoder), atLeast: share, labels: try members.changes())
    case .select: operation = .select(of: try members.text(.of), labels: try members.changes())
    case .keepLargest:
      operation = .keepLargest(of: try members.text(.of), try Recipe.Largest(from: decoder))
    case .mask:
      operation = .mask(
        of: try members.text(.of), by: try members.text(.by), labels: try members.labels())
    case .overlay: operation = .overlay(of: try members.text(.of), over: try members.text(.over))
    case .relabelSmall:
      operation = .relabelSmall(of: try members.text(.of), try Recipe.Small(from: decoder))
    case .crop:
      let margin = try members.number(.margin, otherwise: 0, "is below 0") { $0 >= 0 }
      operation = .crop(
        of: try members.text(.of), around: try members.text(.around),
        labels: try members.labels(), margin: margin)
    case .clearMinimum:
      operation = .clearMinimum(
        of: try members.text(.of), channel: try members.decode(Int.self, forKey: .channel))
    case .prepare: operation = .prepare(try Recipe.Prepare(from: decoder))
    case .merge:
      operation = .merge(try members.decode(Filled<Recipe.Part>.self, forKey: .parts).wrappedValue)
    case .keep: operation = .keep(of: try members.text(.of), labels: try members.labels())
    case .clearSmall:
      operation = .clearSmall(of: try members.text(.of), try Recipe.Speck(from: decoder))
    case .back: operation = .back(of: try members.text(.of))
    case .nameSpine:
      let network = try members.decode(Int.self, forKey: .network)
      guard network == 1 || network == 2 else {
        throw DocumentProblem(at: "network", "is not 1 or 2")
      }
      operation = .nameSpine(of: try members.text(.of), network: network)
    case .discs:
      let margin = try members.decode(Int.self, forKey: .margin)
      guard (0...1000).contains(margin) else {
        throw DocumentProblem(at: "margin", "is not 0 to 1000")
      }
      operation = .discs(
        Recipe.Discs(of: try members.text(.of), by: try members.text(.by), margin: margin))
    case .slab:
      operation = .slab(
        of: try members.text(.of), around: try members.text(.around), labels: try members.labels())
    }
  }
}

extension Recipe.Run: Decodable {
  package init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: StepKey.self)
    weights = try members.text(.weights)
    folds = try members.decodeIfPresent([Int].self, forKey: .folds)
    if folds?.isEmpty == true { throw DocumentProblem(at: "folds", "is empty") }
    mirroring = try members.decodeIfPresent(Bool.self, forKey: .mirroring) ?? true
    postprocessing = try members.decodeIfPresent(Bool.self, forKey: .postprocessing) ?? true
    on = try members.decodeIfPresent(String.self, forKey: .on)
    checkpoint = try members.decodeIfPresent(String.self, forKey: .checkpoint)
    guard checkpoint == nil || checkpoint == "best" else {
      throw DocumentProblem(at: "checkpoint", "is not 'best'")
    }
    tileStep = try members.decodeIfPresent(Double.self, forKey: .tileStep)
    if let tileStep, !(tileStep > 0 && tileStep <= 1) {
      throw DocumentProblem(at: "tileStep", "is not above 0 up to 1")
    }
  }
}

extension Recipe.Selection: Decodable {
  /// `foreground`, or a list of labels.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if (try? container.decode(String.self)) == "foreground" {
      self = .foreground
    } else if let values = try? container.decode([Int].self), !values.isEmpty {
      self = .values(Set(values).sorted())
    } else {
      throw DocumentProblem("is neither 'foreground' nor a list of labels")
    }
  }
}

extension Recipe.Change: Decodable {
  private enum CodingKeys: CodingKey, CaseIterable { case from, to }

  package init(from decoder: any Decoder) throws {
    try decoder.allow(CodingKeys.allCases)
    let members = try decoder.container(keyedBy: CodingKeys.self)
    to = try members.decode(Int.self, forKey: .to)
    guard (1...65535).contains(to) else { throw DocumentProblem(at: "to", "is no label") }
    from = try members.decode(Recipe.Selection.self, forKey: .from)
  }
}

extension Recipe.Largest: Decodable {
  package init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: StepKey.self)
    labels = try members.labels()
    each = try members.decodeIfPresent(Bool.self, forKey: .each) ?? false
    count = try members.decode(Int.self, forKey: .count)
    guard count > 0 else { throw DocumentProblem(at: "count", "is 0") }
    minimumVoxels = try members.decodeIfPresent(Int.self, forKey: .minimumVoxels) ?? 0
    secondAbove = try members.number(.secondAbove, otherwise: 0, "is not from 0 to below 1") {
      $0 >= 0 && $0 < 1
    }
    connectivity = try members.decode(ComponentRule.Connectivity.self, forKey: .connectivity)
  }
}

extension Recipe.Small: Decodable {
  package init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: StepKey.self)
    labels = try members.labels()
    below = try members.number(.below, "is not above 0") { $0 > 0 }
    measure = try members.decode(Measure.self, forKey: .measure)
    to = try members.decodeIfPresent(Int.self, forKey: .to) ?? 0
    guard to <= 65535 else { throw DocumentProblem(at: "to", "is no label") }
    connectivity = try members.decode(ComponentRule.Connectivity.self, forKey: .connectivity)
  }
}
