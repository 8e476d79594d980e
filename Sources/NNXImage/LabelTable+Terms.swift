extension LabelTable.Entry {
  /// Its codes, or those of its name, with the two that a DICOM segmentation must have: a label that nobody
  /// has a code for is some tissue.
  package var dicomTerms: [LabelTable.Term] {
    var terms = terms.isEmpty ? LabelTable.terms(of: name) : terms
    if !terms.contains(where: { $0.role == "type" }) {
      terms = [.tissue("category"), .tissue("type")] + terms.filter { $0.role != "category" }
    }
    if !terms.contains(where: { $0.role == "category" }) {
      terms.append(
        .init(
          role: "category", value: "123037004", scheme: "SCT", meaning: "Anatomical Structure"))
    }
    return terms
  }
}

extension LabelTable.Term {
  fileprivate static func tissue(_ role: String) -> Self {
    .init(role: role, value: "85756007", scheme: "SCT", meaning: "Tissue")
  }
}

extension LabelTable {
  /// The codes of a name; none where no source gives them.
  ///
  /// Source: the SEG descriptions of BAMF Health's AIMI containers and MHub's segment database, as they stand
  /// in the registry's cards.
  static func terms(of name: String) -> [Term] {
    guard let found = codes[key(name)] else { return [] }
    var terms: [Term] = []
    terms.append(
      found.isChange
        ? Term(
          role: "category", value: "49755003", scheme: "SCT",
          meaning: "Morphologically Altered Structure")
        : Term(
          role: "category", value: "123037004", scheme: "SCT", meaning: "Anatomical Structure"))
    terms.append(Term(role: "type", value: found.code, scheme: "SCT", meaning: found.meaning))
    if let side = found.side {
      terms.append(Term(role: "modifier", value: side.code, scheme: "SCT", meaning: side.meaning))
    }
    return terms
  }

  private struct Code {
    let code: String
    let meaning: String
    var isChange = false
    var side: (code: String, meaning: String)?
  }

  private static let codes: [String: Code] = {
    let both = ("51440002", "Right and left")
    return [
      "liver": Code(code: "10200004", meaning: "Liver"),
      "prostate": Code(code: "41216001", meaning: "Prostate"),
      "kidney": Code(code: "64033007", meaning: "Kidney", side: both),
      "lung": Code(code: "39607008", meaning: "Lung", side: both),
      "breast": Code(code: "76752008", meaning: "Breast", side: both),
      "cyst": Code(code: "367643001", meaning: "Cyst", isChange: true),
      "nodule": Code(code: "27925004", meaning: "Nodule", isChange: true),
      "mass": Code(code: "4147007", meaning: "Mass", isChange: true),
      "tumor": Code(code: "108369006", meaning: "Neoplasm", isChange: true),
      "necrosis": Code(code: "6574001", meaning: "Necrosis", isChange: true),
      "edema": Code(code: "79654002", meaning: "Edema", isChange: true),
    ]
  }()
}
