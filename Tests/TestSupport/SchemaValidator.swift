import NNXSystem

/// Checks documents against a JSON Schema (draft 2020-12), for the keywords that our schemas use.
///
/// A keyword it does not know is an error, not a pass.
public final class SchemaValidator {
  private let root: OrderedJSON
  /// Compiled patterns.
  private var expressions: [String: Regex<AnyRegexOutput>] = [:]

  private static let annotations: Set<String> = [
    "$schema", "$id", "$defs", "title", "description",
  ]

  /// - Throws: `invalid-json` and reading errors.
  public init(schemaAt path: String) throws { root = try OrderedJSON(contentsOf: path) }

  package init(schema: OrderedJSON) { root = schema }

  /// Everything in `document` that breaks the schema, one line each: where and why.
  package func violations(in document: OrderedJSON) -> [String] {
    var violations: [String] = []
    check(document, root, "", &violations)
    return violations
  }

  private func check(
    _ value: OrderedJSON, _ schema: OrderedJSON, _ place: String, _ violations: inout [String]
  ) {
    if case .bool(let allowed) = schema {
      if !allowed { violations.append("\(place): is not allowed") }
      return
    }
    guard let keywords = schema.members else {
      violations.append("\(place): the schema is neither an object nor true or false")
      return
    }
    for keyword in keywords where !Self.annotations.contains(keyword.key) {
      let known =
        checkAnyType(value, keyword, place, &violations)
        || checkScalar(value, keyword, place, &violations)
        || checkContainer(value, keyword, schema, place, &violations)
      if !known { violations.append("\(place): the validator does not know '\(keyword.key)'") }
    }
  }

  private func checkAnyType(
    _ value: OrderedJSON, _ keyword: OrderedJSON.Member, _ place: String,
    _ violations: inout [String]
  ) -> Bool {
    let rule = keyword.value
    switch keyword.key {
    case "$ref":
      let target = rule.string.flatMap(definition)
      guard let target else {
        violations.append("\(place): the schema lacks \(rule.string ?? "a text in $ref")")
        return true
      }
      check(value, target, place, &violations)
    case "type":
      let types = rule.array?.compactMap(\.string) ?? [rule.string ?? ""]
      if !types.contains(where: { Self.isOf($0, value) }) {
        violations.append("\(place): is not of type \(types.joined(separator: " or "))")
      }
    case "enum":
      if rule.array?.contains(value) != true {
        violations.append("\(place): \(value.text()) is not one of \(rule.text())")
      }
    case "const":
      if value != rule { violations.append("\(place): is not \(rule.text())") }
    case "oneOf":
      let kinds = rule.array ?? []
      let fits = kinds.map { kind in
        var own: [String] = []
        check(value, kind, place, &own)
        return own
      }
      if fits.count(where: \.isEmpty) != 1 {
        let closest = fits.min { $0.count < $1.count } ?? []
        violations.append("\(place): is not one of \(kinds.count) kinds; \(closest)")
      }
    default: return false
    }
    return true
  }

  private func checkScalar(
    _ value: OrderedJSON, _ keyword: OrderedJSON.Member, _ place: String,
    _ violations: inout [String]
  ) -> Bool {
    let rule = keyword.value
    switch keyword.key {
    case "pattern":
      guard let text = value.string else { return true }
      let expression = rule.string.flatMap(expression)
      guard let expression else {
        violations.append("\(place): the pattern of the schema is broken")
        return true
      }
      if text.firstMatch(of: expression) == nil {
        violations.append("\(place): '\(text)' does not match \(rule.text())")
      }
    case "minLength", "maxLength":
      guard let count = value.string?.unicodeScalars.count, let limit = rule.int else {
        return true
      }
      if keyword.key == "minLength" ? count < limit : count > limit {
        violations.append("\(place): has \(count) characters, \(keyword.key) is \(limit)")
      }
    case "minimum", "maximum":
      guard let number = value.double, let limit = rule.double else { return true }
      if keyword.key == "minimum" ? number < limit : number > limit {
        violations.append("\(place): is \(value.text()), \(keyword.key) is \(rule.text())")
      }
    default: return false
    }
    return true
  }

  private func checkContainer(
    _ value: OrderedJSON, _ keyword: OrderedJSON.Member, _ schema: OrderedJSON, _ place: String,
    _ violations: inout [String]
  ) -> Bool {
    let rule = keyword.value
    switch keyword.key {
    case "items":
      for (index, item) in (value.array ?? []).enumerated() {
        check(item, rule, "\(place)[\(index)]", &violations)
      }
    case "minItems", "maxItems":
      guard let count = value.array?.count, let limit = rule.int else { return true }
      if keyword.key == "minItems" ? count < limit : count > limit {
        violations.append("\(place): has \(count) elements, \(keyword.key) is \(limit)")
      }
    case "uniqueItems":
      let items = value.array ?? []
      for (index, item) in items.enumerated() where items[..<index].contains(item) {
        violations.append("\(place)[\(index)]: is there twice")
      }
    case "properties":
      for property in rule.members ?? [] {
        guard let member = value[property.key] else { continue }
        check(member, property.value, "\(place).\(property.key)", &violations)
      }
    case "required":
      guard value.members != nil else { return true }
      for name in rule.array?.compactMap(\.string) ?? [] where value[name] == nil {
        violations.append("\(place): lacks '\(name)'")
      }
    case "propertyNames":
      for member in value.members ?? [] {
        check(.string(member.key), rule, "\(place): the name '\(member.key)'", &violations)
      }
    case "additionalProperties":
      for member in value.members ?? [] where schema["properties"]?[member.key] == nil {
        check(member.value, rule, "\(place).\(member.key)", &violations)
      }
    default: return false
    }
    return true
  }

  private func expression(_ pattern: String) -> Regex<AnyRegexOutput>? {
    if expressions[pattern] == nil { expressions[pattern] = try? Regex(pattern) }
    return expressions[pattern]
  }

  private func definition(_ reference: String) -> OrderedJSON? {
    guard reference.hasPrefix("#/$defs/") else { return nil }
    return root["$defs"]?[String(reference.dropFirst("#/$defs/".count))]
  }

  private static func isOf(_ type: String, _ value: OrderedJSON) -> Bool {
    switch type {
    case "null": value == .null
    case "boolean": value.bool != nil
    case "integer": value.int != nil
    case "number": value.double != nil
    case "string": value.string != nil
    case "array": value.array != nil
    case "object": value.members != nil
    default: false
    }
  }
}
