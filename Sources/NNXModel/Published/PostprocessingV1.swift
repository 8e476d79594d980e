import NNXSystem

/// nnU-Net v1's `postprocessing.json`.
enum PostprocessingV1 {
  /// - Throws: `invalid-json`, `invalid-model` for what is not understood: leaving it out would change
  ///   labels.
  static func rules(contentsOf path: String) throws(NNXError) -> [ComponentRule] {
    let document = try OrderedJSON(contentsOf: path)
    guard let classes = document["for_which_classes"] else {
      throw failure(path, "has no 'for_which_classes'")
    }
    let minima = try minimumVolumes(document["min_valid_object_sizes"]?.string ?? "None", path)
    if classes.isNull {
      guard minima.isEmpty else { throw failure(path, "names sizes for no classes") }
      return [ComponentRule(labels: [])]
    }
    guard let entries = classes.array else { throw failure(path, "has odd classes") }
    var rules: [ComponentRule] = []
    for entry in entries {
      let labels = entry.int.map { [$0] } ?? entry.array?.compactMap(\.int) ?? []
      guard !labels.isEmpty, labels.count == entry.array?.count ?? 1 else {
        throw failure(path, "has odd classes")
      }
      rules.append(ComponentRule(labels: labels, minimumVolume: minima[labels]))
    }
    return rules
  }

  /// The Python literal `None` or `{1: 123.4, (1, 2): 55.0}`: mm³ by labels.
  static func minimumVolumes(_ text: String, _ path: String) throws(NNXError) -> [[Int]: Double] {
    if text == "None" { return [:] }
    var result: [[Int]: Double] = [:]
    var rest = Substring(text.filter { $0 != " " })
    guard rest.popFirst() == "{", rest.popLast() == "}" else {
      throw failure(path, "has odd sizes: \(text)")
    }
    while !rest.isEmpty {
      guard let colon = rest.firstIndex(of: ":") else {
        throw failure(path, "has odd sizes: \(text)")
      }
      let names = rest[..<colon].filter { $0 != "(" && $0 != ")" }.split(separator: ",")
      rest = rest[rest.index(after: colon)...]
      let end = rest.firstIndex(of: ",") ?? rest.endIndex
      let labels = names.compactMap { Int($0) }
      guard let volume = Double(rest[..<end]), labels.count == names.count, !labels.isEmpty else {
        throw failure(path, "has odd sizes: \(text)")
      }
      result[labels] = volume
      rest = rest[end...].drop { $0 == "," }
    }
    return result
  }

  private static func failure(_ path: String, _ reason: String) -> NNXError {
    NNXError(.invalidModel, "\(path) \(reason)")
  }
}
