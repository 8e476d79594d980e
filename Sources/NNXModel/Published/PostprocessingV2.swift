import NNXSystem

/// What `nnUNetv2_determine_postprocessing` left: rules that `nnUNetv2_apply_postprocessing` follows on
/// request (nnunetv2/postprocessing/remove_connected_components.py).
package enum PostprocessingV2 {
  static let function = "remove_all_but_largest_component_from_segmentation"

  /// The rules of the model in `folder`: those of its cross-validation, else of the folder itself.
  ///
  /// - Parameters:
  ///   - folder: of the model.
  ///   - files: below it, relative.
  /// - Returns: `nil` when the publisher left none.
  /// - Throws: as `rules(contentsOf:)`.
  static func rules(of folder: String, files: [String]) throws(NNXError) -> [ComponentRule]? {
    let found = files.filter { file in
      let parts = file.split(separator: "/")
      return (parts.last == "postprocessing.json" || parts.last == "postprocessing.pkl")
        && (parts.count == 1 || (parts.count == 2 && parts[0].hasPrefix("crossval_results")))
    }
    // Rules made on more folds come first, and text before pickles.
    let best = found.max { rank($0) < rank($1) }
    return try best.map { (file) throws(NNXError) in try rules(contentsOf: "\(folder)/\(file)") }
  }

  private static func rank(_ file: String) -> (Int, Int) {
    (
      file.contains("/") ? file.utf8.count { $0 == UInt8(ascii: "_") } : 0,
      file.hasSuffix("json") ? 1 : 0
    )
  }

  /// The rules in a `postprocessing.json` or, without running anything, a `postprocessing.pkl`.
  ///
  /// - Throws: `file-not-found`, `invalid-json`, `unsafe-pickle`, `invalid-model` for what is not
  ///   understood: leaving it out would change labels.
  package static func rules(contentsOf path: String) throws(NNXError) -> [ComponentRule] {
    path.hasSuffix(".pkl") ? try fromPickle(path) : try fromJSON(path)
  }

  private static func fromJSON(_ path: String) throws(NNXError) -> [ComponentRule] {
    let document = try OrderedJSON(contentsOf: path)
    if document["for_which_classes"] != nil { return try PostprocessingV1.rules(contentsOf: path) }
    guard let functions = document["postprocessing_fns"]?.array,
      let arguments = document["postprocessing_kwargs"]?.array, functions.count == arguments.count
    else { throw failure(path, "has no 'postprocessing_fns' with 'postprocessing_kwargs'") }
    var rules: [ComponentRule] = []
    for (index, function) in functions.enumerated() {
      guard function.string == PostprocessingV2.function else {
        throw failure(path, "asks for the function '\((function.string ?? "?").excerpt)'")
      }
      let members = arguments[index].members ?? []
      guard members.allSatisfy({ known.contains($0.key) }),
        arguments[index]["background_label"]?.int ?? 0 == 0
      else { throw failure(path, "has arguments other than labels") }
      let labels = arguments[index]["labels_or_regions"].map(numbers)
      rules.append(try rule(labels ?? nil, path))
    }
    return rules
  }

  private static let known: Set = ["labels_or_regions", "background_label"]

  /// A label, a region, or a list of those: all the labels in it.
  private static func numbers(_ value: OrderedJSON) -> [Int]? {
    if let label = value.int { return [label] }
    guard let elements = value.array else { return nil }
    let parts = elements.map(numbers)
    return parts.contains(nil) ? nil : parts.flatMap { $0 ?? [] }
  }

  /// `(functions, arguments)`; the functions are names to us, and only one name is allowed.
  private static func fromPickle(_ path: String) throws(NNXError) -> [ComponentRule] {
    let root = try Pickle(contentsOf: path).root
    guard let parts = root.elements, parts.count == 2, let functions = parts[0].elements,
      let arguments = parts[1].elements, functions.count == arguments.count
    else { throw failure(path, "is no pair of functions and arguments") }
    var rules: [ComponentRule] = []
    for (index, function) in functions.enumerated() {
      guard case .global(.keepLargestComponent) = function.content else {
        throw failure(path, "asks for another function than \(PostprocessingV2.function)")
      }
      guard let pairs = arguments[index].pairs,
        pairs.allSatisfy({ known.contains($0.key.text ?? "") }),
        arguments[index]["background_label"]?.int ?? 0 == 0
      else { throw failure(path, "has arguments other than labels") }
      rules.append(try rule(arguments[index]["labels_or_regions"].flatMap(numbers), path))
    }
    return rules
  }

  private static func numbers(_ value: PickleValue) -> [Int]? {
    if let label = value.int { return [label] }
    guard let elements = value.elements else { return nil }
    let parts = elements.map(numbers)
    return parts.contains(nil) ? nil : parts.flatMap { $0 ?? [] }
  }

  private static func rule(_ labels: [Int]?, _ path: String) throws(NNXError) -> ComponentRule {
    guard let labels, !labels.isEmpty, labels.allSatisfy({ (1...65_535).contains($0) }) else {
      throw failure(path, "has odd labels")
    }
    return ComponentRule(labels: Array(Set(labels)).sorted(), connectivity: .all)
  }

  private static func failure(_ path: String, _ reason: String) -> NNXError {
    NNXError(.invalidModel, "\(path) \(reason)")
  }
}
