import NNXSystem

/// One statement about a licence, and who makes it.
package struct License: Codable, Equatable, Sendable {
  package enum Scope: String, Word {
    case weights, code, data
  }

  /// SPDX identifier.
  package var spdx: String
  package var statedBy: String
  @CheckedIfThere<WebAddress> package var url: String?
  /// What it covers; `nil` when the source does not say.
  package var scope: Scope?

  package init(spdx: String, statedBy: String, url: String? = nil, scope: Scope?) {
    self.spdx = spdx
    self.statedBy = statedBy
    self.url = url
    self.scope = scope
  }

  /// Whether the licence lets its work be used for money; `nil` for one that nnx does not know.
  package var allowsCommercialUse: Bool? {
    if spdx.hasPrefix("CC-BY-NC") { return false }
    let open = [
      "CC0-1.0", "CC-BY-3.0", "CC-BY-4.0", "CC-BY-SA-3.0", "CC-BY-SA-4.0", "CC-BY-ND-4.0",
      "Apache-2.0", "MIT", "BSD-2-Clause", "BSD-3-Clause", "GPL-3.0-only", "GPL-3.0-or-later",
      "ODbL-1.0",
    ]
    return open.contains(spdx) ? true : nil
  }
}

/// Whether weights may be used commercially, over all statements about them.
package enum CommercialUse: String, Sendable {
  case yes, no, unknown
  /// Some sources allow it and some forbid it: counts as forbidden.
  case conflict

  /// What the statements say together. Only those about the weights count, and those that do not
  /// say what they are about.
  package init(_ licenses: [License]) {
    let answers = licenses.filter { $0.scope == .weights || $0.scope == nil }
      .map(\.allowsCommercialUse)
    switch (answers.contains(true), answers.contains(false)) {
    case (true, true): self = .conflict
    case (false, true): self = .no
    case (true, false): self = answers.contains(nil) ? .unknown : .yes
    case (false, false): self = .unknown
    }
  }

  /// Whether commercial use is allowed beyond doubt.
  package var isAllowed: Bool { self == .yes }
}

extension ModelCard {
  /// Whether the weights may be used commercially; computed, so that it cannot contradict `licenses`.
  package var commercialUse: CommercialUse { CommercialUse(licenses) }
}
