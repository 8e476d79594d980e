import NNXSystem

// A description as JSON and back, field for field (docs/format/model.md). Numbers are written with
// as many digits as it takes to read the same number back.

extension ReadingRules {
  /// Of `model.json`.
  static var model: ReadingRules {
    var rules = ReadingRules()
    rules.allowsNonFinite = false
    rules.snakeCase = true
    return rules
  }
}

extension ModelDescription: SelfChecking {
  package func check() throws(DocumentProblem) {
    if let flaw { throw DocumentProblem("describes \(flaw)") }
  }
}

extension ModelDescription.Generation {
  package init(from decoder: any Decoder) throws {
    let number = try decoder.singleValueContainer().decode(Int.self)
    guard let generation = Self(rawValue: number) else {
      throw DocumentProblem("is neither 1 nor 2")
    }
    self = generation
  }
}

extension Labels: SelfChecking {
  package func check() throws(DocumentProblem) {
    guard regionsClassOrder == nil || regionsClassOrder?.count == regions.count else {
      throw DocumentProblem(at: "regions_class_order", "does not fit the regions")
    }
  }
}

extension Resampling: SelfChecking {
  package func check() throws(DocumentProblem) {
    guard [0, 1, 3].contains(order), [0, 1, 3].contains(orderZ) else {
      throw DocumentProblem("is of order \(order), \(orderZ)")
    }
  }
}

extension Normalization: Codable {
  private enum CodingKeys: CodingKey { case kind, useMask }

  private enum Kind: String, Word {
    case ct, ct2
    case zScore = "z_score"
    case none
    case rescaleTo01 = "rescale_to_01"
    case rgbTo01 = "rgb_to_01"
  }

  package init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: CodingKeys.self)
    func useMask() throws -> Bool { try members.decode(Bool.self, forKey: .useMask) }
    switch try members.decode(Kind.self, forKey: .kind) {
    case .ct: self = .ct(try Intensities(from: decoder), useMask: try useMask())
    case .ct2: self = .ct2(try Intensities(from: decoder), useMask: try useMask())
    case .zScore: self = .zScore(useMask: try useMask())
    case .none: self = .none
    case .rescaleTo01: self = .rescaleTo01
    case .rgbTo01: self = .rgbTo01
    }
  }

  package func encode(to encoder: any Encoder) throws {
    var members = encoder.container(keyedBy: CodingKeys.self)
    func write(_ kind: Kind, _ useMask: Bool? = nil, _ intensities: Intensities? = nil) throws {
      try members.encode(kind, forKey: .kind)
      if let useMask { try members.encode(useMask, forKey: .useMask) }
      try intensities?.encode(to: encoder)
    }
    switch self {
    case .ct(let intensities, let useMask): try write(.ct, useMask, intensities)
    case .ct2(let intensities, let useMask): try write(.ct2, useMask, intensities)
    case .zScore(let useMask): try write(.zScore, useMask)
    case .none: try write(.none)
    case .rescaleTo01: try write(.rescaleTo01)
    case .rgbTo01: try write(.rgbTo01)
    }
  }
}
