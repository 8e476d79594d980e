import NNXSystem

extension ComponentRule {
  package var json: OrderedJSON {
    [
      "labels": OrderedJSON(labels), "minimum_volume": OrderedJSON(minimumVolume),
      "connectivity": .string(connectivity.rawValue),
    ]
  }

  init(_ fields: JSONFields) throws(NNXError) {
    let name = try fields.optionalString("connectivity") ?? Connectivity.faces.rawValue
    guard let connectivity = Connectivity(rawValue: name) else {
      throw fields.failure("the connectivity '\(name)' is unknown")
    }
    self.init(
      labels: try fields.ints("labels"), minimumVolume: try fields.optionalDouble("minimum_volume"),
      connectivity: connectivity)
  }
}

extension JSONFields {
  /// A list of rules; `nil` when it is absent or `null`.
  func optionalRules(_ key: String) throws(NNXError) -> [ComponentRule]? {
    guard optional(key) != nil else { return nil }
    var rules: [ComponentRule] = []
    for fields in try objects(key) { rules.append(try ComponentRule(fields)) }
    return rules
  }
}
