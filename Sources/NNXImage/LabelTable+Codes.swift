extension LabelTable.Entry {
  /// What its codes say that it is, as a text to compare with another's; `nil` without a type, and for those that say
  /// no more than that it is something in the body, as programs write where nobody has a code.
  package var code: String? {
    let parts = ["type", "modifier", "region", "regionModifier"].map { role in
      terms.first { $0.role == role }?.identity ?? ""
    }
    return LabelTable.Term.vague.contains(parts[0]) || parts[0].isEmpty
      ? nil : parts.joined(separator: ", ")
  }

  /// The same of its name where it has no codes, as far as names have some.
  package var likelyCode: String? {
    code
      ?? (terms.isEmpty
        ? LabelTable.Entry(value: value, name: name, terms: LabelTable.terms(of: name)).code : nil)
  }
}

extension LabelTable.Term {
  /// Tissue, organ, anatomical structure, region of interest.
  fileprivate static let vague: Set = [
    "SCT 85756007", "SCT 113343008", "SCT 123037004", "SCT 91723000", "DCM 113076",
  ]

  /// Scheme and value; SNOMED's older codes as the SCT code that replaced them. Schemes that anyone may define for
  /// themselves (DICOM PS3.16, 8.1: those that begin with 99 or are `L`) say what they mean by the meaning.
  fileprivate var identity: String {
    let scheme = scheme.uppercased()
    if ["SRT", "SNM3", "99SDM"].contains(scheme) {
      return Self.successors[value].map { "SCT \($0)" } ?? "SRT \(value)"
    }
    let isPrivate = scheme.hasPrefix("99") || scheme == "L"
    return "\(scheme) \(value)" + (isPrivate ? " \(LabelTable.key(meaning))" : "")
  }

  /// The SCT codes of what is segmented most, by their SNOMED RT ones (DICOM PS3.16, annex O).
  private static let successors = [
    "T-D0050": "85756007", "T-D000A": "123037004", "M-01000": "49755003", "M-01100": "52988006",
    "M-03000": "4147007", "M-03010": "27925004", "M-3340A": "367643001", "M-36300": "79654002",
    "M-54000": "6574001", "M-8FFFF": "108369006", "T-04000": "76752008", "T-28000": "39607008",
    "T-32000": "80891009", "T-42000": "15825003", "T-56000": "32849002", "T-57000": "69695003",
    "T-58200": "38848004", "T-59000": "14742008", "T-59300": "71854001", "T-62000": "10200004",
    "T-63000": "28231008", "T-65000": "15776009", "T-71000": "64033007", "T-74000": "89837001",
    "T-92000": "41216001", "T-A0100": "12738006", "T-B3000": "23451007", "T-B6000": "69748006",
    "T-C3000": "78961009", "G-A100": "24028007", "G-A101": "7771000", "G-A102": "51440002",
  ]
}
