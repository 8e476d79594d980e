import NNXSystem

extension Recipe.Prepare: Decodable {
  package init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: StepKey.self)
    reader = try members.decodeIfPresent(Reader.self, forKey: .reader) ?? .nibabel
    axes = try members.decodeIfPresent(Axes.self, forKey: .axes) ?? .ras
    method = try members.decodeIfPresent(Method.self, forKey: .method) ?? .zoom
    if (try? members.decode(String.self, forKey: .spacing)) == "network" {
      (spacing, takesNetworksSpacing) = (nil, true)
    } else if let one = try? members.decode(Double.self, forKey: .spacing) {
      spacing = [one, one, one]
    } else {
      spacing = try members.decodeIfPresent([Double].self, forKey: .spacing)
    }
    if let spacing, spacing.count != 3 || !spacing.allSatisfy({ $0 > 0 && $0 < 1e6 }) {
      throw DocumentProblem(at: "spacing", "is not a length, or three")
    }
    order = try members.decodeIfPresent(Int.self, forKey: .order) ?? 1
    guard order == 1 || order == 3 else { throw DocumentProblem(at: "order", "is not 1 or 3") }
    edge = try members.decodeIfPresent(Edge.self, forKey: .edge) ?? .nearest
    truncatesAlways = try members.decodeIfPresent(Bool.self, forKey: .truncates) ?? false
    if let of = try members.decodeIfPresent(String.self, forKey: .around) {
      around = Recipe.Around(
        of: of, labels: try members.labels(),
        margin: try members.number(.margin, otherwise: 0, "is below 0") { $0 >= 0 },
        isAlongHead: try members.isAlongHead())
    } else {
      for key in [StepKey.labels, .margin, .along] where members.contains(key) {
        throw DocumentProblem(at: key.rawValue, "is there without 'around'")
      }
    }
    let given = [StepKey.thirds, .halves, .boxes].filter(members.contains)
    if given.count > 1 { throw DocumentProblem("has pieces of two kinds") }
    pieces = try given.first.map { try Recipe.Pieces(from: members.superDecoder(forKey: $0), $0) }
  }
}

extension KeyedDecodingContainer where Key == StepKey {
  /// `head`, where a box bounds one axis alone.
  fileprivate func isAlongHead() throws -> Bool {
    guard let word = try decodeIfPresent(String.self, forKey: .along) else { return false }
    guard word == "head" else { throw DocumentProblem(at: "along", "is not 'head'") }
    return true
  }
}

extension Recipe.Pieces {
  private enum CodingKeys: CodingKey, CaseIterable { case voxels, planes, margin, longest, overlap }

  fileprivate init(from decoder: any Decoder, _ kind: StepKey) throws {
    let members = try decoder.container(keyedBy: CodingKeys.self)
    switch kind {
    case .thirds:
      try decoder.allow([CodingKeys.voxels, .planes])
      let planes = try members.decode(Int.self, forKey: .planes)
      // Thirds overlap by twenty planes on either side.
      guard planes >= 60 else { throw DocumentProblem(at: "planes", "is below 60") }
      self = .thirds(voxels: try members.decode(Int.self, forKey: .voxels), planes: planes)
    case .halves:
      try decoder.allow([CodingKeys.margin])
      let margin = try members.decode(Int.self, forKey: .margin)
      guard (0...1000).contains(margin) else {
        throw DocumentProblem(at: "margin", "is not 0 to 1000")
      }
      self = .halves(level: 0, margin: margin)
    default:
      try decoder.allow([CodingKeys.longest, .overlap])
      let (longest, overlap) = (
        try members.decode(Int.self, forKey: .longest),
        try members.decode(Int.self, forKey: .overlap)
      )
      guard overlap >= 0, longest > 2 * overlap, longest < 1 << 16 else {
        throw DocumentProblem(at: "longest", "is not above twice the overlap")
      }
      self = .boxes(longest: longest, overlap: overlap)
    }
  }
}

extension Recipe.Part: Decodable {
  private enum CodingKeys: CodingKey, CaseIterable { case of, to }

  package init(from decoder: any Decoder) throws {
    try decoder.allow(CodingKeys.allCases)
    let members = try decoder.container(keyedBy: CodingKeys.self)
    of = try members.decode(String.self, forKey: .of)
    to = try members.decode(Filled<Int>.self, forKey: .to).wrappedValue
    guard to.allSatisfy((0...65535).contains) else {
      throw DocumentProblem(at: "to", "has what is no label")
    }
  }
}

extension Recipe.Speck: Decodable {
  package init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: StepKey.self)
    labels = try members.labels()
    upTo = try members.number(.upTo, "is not above 0") { $0 > 0 }
    connectivity = try members.decode(ComponentRule.Connectivity.self, forKey: .connectivity)
  }
}

extension Recipe.Variant: Decodable {
  private enum CodingKeys: CodingKey, CaseIterable { case name, steps }

  package init(from decoder: any Decoder) throws {
    try decoder.allow(CodingKeys.allCases)
    let members = try decoder.container(keyedBy: CodingKeys.self)
    name = try members.decode(Checked<ModelName>.self, forKey: .name).wrappedValue
    steps = try members.decode(Filled<Recipe.Step>.self, forKey: .steps).wrappedValue
    json = try OrderedJSON(from: decoder)
  }
}

extension Recipe.Subset: Decodable {
  private enum CodingKeys: CodingKey, CaseIterable { case steps, around, lacks, margin }

  init(from decoder: any Decoder) throws {
    try decoder.allow(CodingKeys.allCases)
    let members = try decoder.container(keyedBy: CodingKeys.self)
    steps = try members.decode(Filled<Recipe.Step>.self, forKey: .steps).wrappedValue
    around = try members.decode(String.self, forKey: .around)
    lacks = try members.decodeIfPresent([Int].self, forKey: .lacks) ?? []
    margin = try members.decode(Double.self, forKey: .margin)
    guard margin >= 0 else { throw DocumentProblem(at: "margin", "is below 0") }
  }
}
