import NNXSystem

extension Architecture.Norm: Codable {
  private enum CodingKeys: CodingKey { case kind, epsilon, groups }

  private enum Kind: String, Word {
    case instance, batch, group
    case filterResponse = "filter_response"
    case none
  }

  package init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: CodingKeys.self)
    func epsilon() throws -> Double { try members.decode(Double.self, forKey: .epsilon) }
    switch try members.decode(Kind.self, forKey: .kind) {
    case .instance: self = .instance(epsilon: try epsilon())
    case .batch: self = .batch(epsilon: try epsilon())
    case .group:
      self = .group(epsilon: try epsilon(), groups: try members.decode(Int.self, forKey: .groups))
    case .filterResponse: self = .filterResponse(epsilon: try epsilon())
    case .none: self = .none
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var members = encoder.container(keyedBy: CodingKeys.self)
    func write(_ kind: Kind, _ epsilon: Double?) throws {
      try members.encode(kind, forKey: .kind)
      if let epsilon { try members.encode(epsilon, forKey: .epsilon) }
    }
    switch self {
    case .instance(let epsilon): try write(.instance, epsilon)
    case .batch(let epsilon): try write(.batch, epsilon)
    case .group(let epsilon, let groups):
      try write(.group, epsilon)
      try members.encode(groups, forKey: .groups)
    case .filterResponse(let epsilon): try write(.filterResponse, epsilon)
    case .none: try write(.none, nil)
    }
  }
}

/// LeakyReLU goes without saying.
extension Architecture.Activation: ReadsAbsence, Omittable {
  package static func absent(_ rules: ReadingRules) -> Self? { .leakyReLU }

  package var isOmitted: Bool { self == .leakyReLU }
}
