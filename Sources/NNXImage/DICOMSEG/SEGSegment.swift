import NNXDICOM
import NNXSystem

/// A segment as its file describes it.
package struct SEGSegment: Equatable, Sendable {
  package let number: Int
  package let label: String
  /// `category`, `type`, `modifier`, `region`, `regionModifier`, as far as they are there.
  let terms: [LabelTable.Term]
  let rgb: [Int]?
  /// Who made it, if it says so.
  let algorithm: SEGAlgorithm?

  /// - Returns: `nil` without a number.
  init?(_ item: DICOMItem) {
    guard let number = item.integer(SEGTag.number), (0...65535).contains(number) else { return nil }
    self.number = number
    algorithm = SEGAlgorithm(item)
    let type = item.item(SEGTag.type)
    let told = item.text(SEGTag.label) ?? ""
    label = told.isEmpty ? type?.text(SEGTag.codeMeaning) ?? "" : told
    let region = item.item(SEGTag.anatomicRegion)
    let codes = [
      ("category", item.item(SEGTag.category)), ("type", type),
      ("modifier", type?.item(SEGTag.typeModifier)), ("region", region),
      ("regionModifier", region?.item(SEGTag.anatomicModifier)),
    ]
    terms = codes.compactMap { role, code in code.flatMap { .init(role, code: $0) } }
    let lab = item.numbers(SEGTag.colour) ?? []
    rgb = lab.count == 3 ? CIELab(lab).rgb : nil
  }

  var entry: LabelTable.Entry { .init(value: number, name: label, rgb: rgb, terms: terms) }
}

extension LabelTable.Term {
  fileprivate init?(_ role: String, code: DICOMItem) {
    guard let value = code.text(SEGTag.codeValue) ?? code.text(SEGTag.longCodeValue),
      let scheme = code.text(SEGTag.codingScheme), !value.isEmpty
    else { return nil }
    self.init(
      role: role, value: value, scheme: scheme, meaning: code.text(SEGTag.codeMeaning) ?? "")
  }
}

extension LabelTable.Entry {
  /// Whether it stands for what is no structure: AIMI's PET/CT files have a segment for that.
  package var isBackground: Bool {
    let type = terms.first { $0.role == "type" }
    return type.map { $0.value == "125040" && $0.scheme == "DCM" }
      ?? (LabelTable.key(name) == "background")
  }
}
