import NNXModel
import NNXSystem

extension NNXError.Code {
  /// The licence forbids what the policy wants to do, or the user said no.
  package static let license = NNXError.Code("license", .forbidden)
}

/// Which licences an install goes along with. A pure decision: asking is the console's.
package enum LicensePolicy: String, CaseIterable, Sendable {
  /// Ask before weights that may not be used commercially, or of which nobody knows.
  case ask
  /// Refuse them.
  case commercial
  /// Install everything; the statements are shown and kept all the same.
  case any

  package enum Decision: Equatable, Sendable {
    /// Nothing to ask.
    case allowed
    /// Accepted beforehand: the statements that it took.
    case accepted([String])
    /// Ask this, and install after a yes.
    case ask(question: String, licenses: [String])
    case refused(NNXError)
  }

  /// Decides about one model.
  ///
  /// Of several statements about the weights the strictest counts, so that sources that disagree
  /// count as forbidding.
  ///
  /// - Parameters:
  ///   - name: of the model, for messages.
  ///   - licenses: every statement there is, about weights, code and data.
  ///   - accepted: SPDX identifiers that the user accepts, in any case; `unknown` for weights
  ///     without a statement.
  package func decide(_ name: String, _ licenses: [License], accepted: [String]) -> Decision {
    let stated = licenses.filter { $0.scope == .weights || $0.scope == nil }
    let use = CommercialUse(licenses)
    guard !use.isAllowed, self != .any else { return .allowed }
    let strict = stated.filter { $0.allowsCommercialUse == false }
    let unclear = stated.filter { $0.allowsCommercialUse == nil }
    // Without a prohibition it is the statements nobody can judge that stand in the way.
    let open = strict.isEmpty ? unclear : strict
    let needed = open.isEmpty ? [LicensePolicy.none] : Set(open.map(\.spdx)).sorted()
    let known = Set(accepted.map { $0.lowercased() })
    if needed.allSatisfy({ known.contains($0.lowercased()) }) { return .accepted(needed) }
    let summary = LicensePolicy.summary(name, isForbidden: !strict.isEmpty)
    let statements =
      open.isEmpty ? ["No licence is stated for these weights."] : open.map(LicensePolicy.sentence)
    switch self {
    case .any: return .allowed
    case .ask:
      return .ask(
        question: ([summary + "."] + statements).joined(separator: "\n  "), licenses: needed)
    case .commercial:
      let flags = needed.map { "--accept-license \($0)" }.joined(separator: " ")
      return .refused(
        NNXError(
          .license, summary,
          details: [statements.joined(separator: " ") + " Your policy is 'commercial'."],
          fixes: ["If your use is allowed: nnx install \(name) \(flags)"]))
    }
  }

  /// What stands for weights of which nobody states a licence.
  package static let none = "unknown"

  private static func summary(_ name: String, isForbidden: Bool) -> String {
    isForbidden
      ? "\(name) may be used for non-commercial work only"
      : "nobody knows whether \(name) may be used commercially"
  }

  private static func sentence(_ license: License) -> String {
    "\(license.statedBy) states \(license.spdx) for these weights."
  }
}

extension LicensePolicy {
  /// Decides about a plan. Files and folders of this machine that state no licence are the user's own
  /// affair, and so is what comes with nnx.
  package func decide(_ plan: InstallPlan, accepted: [String]) -> Decision {
    guard [.network, .pack].contains(plan.origin) || !plan.licenses.isEmpty else { return .allowed }
    return decide(plan.name, plan.licenses, accepted: accepted)
  }
}
