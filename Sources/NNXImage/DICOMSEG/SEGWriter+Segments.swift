import NNXDICOM
import NNXSystem

extension SEGWriter {
  /// The number of each segment: 1 to n without gaps; in label maps the label's value.
  func numbers(_ table: LabelTable) -> [(number: Int, entry: LabelTable.Entry)] {
    table.entries.enumerated().map { (kind == .binary ? $0 + 1 : $1.value, $1) }
  }

  func putSegments(_ data: DICOMItem, _ table: LabelTable) throws(NNXError) {
    if kind == .labelmap {
      // Each pixel value has its item, that of no segment too.
      let background = LabelTable.Term(
        role: "type", value: "125040", scheme: "DCM", meaning: "Background")
      let concept = LabelTable.Term(
        role: "category", value: "309825002", scheme: "SCT",
        meaning: "Spatial and Relational Concept")
      let item = try data.append(SEGTag.segments)
      try putHead(item, 0, "Background")
      try put(concept, in: item, SEGTag.category, name: "Background")
      try put(background, in: item, SEGTag.type, name: "Background")
    }
    for (number, entry) in numbers(table) {
      let item = try data.append(SEGTag.segments)
      try putHead(item, number, entry.name)
      try item.put(
        SEGTag.colour, "US",
        CIELab(rgb: entry.rgb).values.map { "\(Int($0))" }.joined(separator: "\\"))
      try putCodes(item, entry)
      try item.put(SEGTag.trackingID, "UT", SEGText.plain(named(entry.name)))
      try item.put(
        SEGTag.trackingUID, "UI",
        DICOMUID.of([
          "tracking", source.seriesUID, algorithm.name, algorithm.version ?? "", "\(entry.value)",
          entry.name,
        ]))
    }
  }

  private func putHead(_ item: DICOMItem, _ number: Int, _ name: String) throws(NNXError) {
    try item.put(SEGTag.number, "US", "\(number)")
    try item.put(SEGTag.label, "LO", SEGText.plain(name))
    try item.put(SEGTag.algorithmType, "CS", algorithm.means.rawValue)
    if !algorithm.name.isEmpty {
      try item.put(SEGTag.algorithmName, "LO", SEGText.plain(algorithm.name))
    }
    guard let version = algorithm.version else { return }
    let identification = try item.append(SEGTag.algorithm)
    let family = LabelTable.Term(
      role: "family", value: "123109", scheme: "DCM", meaning: "Artificial Intelligence")
    try put(family, in: identification, SEGTag.algorithmFamily, name: "")
    try identification.put(SEGTag.algorithmFullName, "LO", SEGText.plain(algorithm.name))
    try identification.put(SEGTag.algorithmVersion, "LO", SEGText.plain(version))
    if let source = algorithm.source {
      try identification.put(SEGTag.algorithmSource, "LO", SEGText.plain(source))
    }
    if let parameters = algorithm.parameters {
      try identification.put(
        SEGTag.algorithmParameters, "LT", SEGText.plain(parameters, most: 10_000))
    }
  }

  private func putCodes(_ item: DICOMItem, _ entry: LabelTable.Entry) throws(NNXError) {
    let terms = entry.dicomTerms
    func term(_ role: String) -> LabelTable.Term? { terms.first { $0.role == role } }
    func code(_ role: String, _ parent: DICOMItem, _ tag: DICOMTag) throws(NNXError) -> DICOMItem? {
      guard let term = term(role) else { return nil }
      return try put(term, in: parent, tag, name: entry.name)
    }
    _ = try code("category", item, SEGTag.category)
    if let type = try code("type", item, SEGTag.type) {
      _ = try code("modifier", type, SEGTag.typeModifier)
    }
    if let region = try code("region", item, SEGTag.anatomicRegion) {
      _ = try code("regionModifier", region, SEGTag.anatomicModifier)
    }
  }

  @discardableResult
  func put(
    _ term: LabelTable.Term, in parent: DICOMItem, _ tag: DICOMTag, name: String
  ) throws(NNXError) -> DICOMItem {
    let item = try parent.append(tag)
    let isLong = term.value.utf8.count > 16
    try item.put(
      isLong ? SEGTag.longCodeValue : SEGTag.codeValue, isLong ? "UC" : "SH",
      SEGText.plain(term.value, most: isLong ? 1024 : 16))
    try item.put(SEGTag.codingScheme, "SH", SEGText.plain(term.scheme, most: 16))
    try item.put(
      SEGTag.codeMeaning, "LO", SEGText.plain(term.meaning.isEmpty ? name : term.meaning))
    return item
  }
}
