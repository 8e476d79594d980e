import NNXModel
import NNXStore
import NNXSystem

/// Asks about licences before anything is fetched, as the policy says, and writes the answer down.
struct LicenseConsent {
  let context: Context
  /// What `--accept-license` named.
  let accepted: [String]
  /// What was stated when the model was installed before: nobody is asked about the same again.
  var known: [License]?

  /// What was accepted for one model, and how.
  struct Answer {
    var licenses: [String] = []
    var how = ""
  }

  /// Decides about a plan.
  ///
  /// Without a terminal the policy `ask` goes on and says so: a job on a cluster has nobody to ask, and
  /// whoever must not go on sets `license-policy` to `commercial`.
  ///
  /// - Throws: `license` when the policy refuses, or the answer is no.
  func ask(about plan: InstallPlan) throws -> Answer {
    let ready = accepted + context.settings.acceptedLicenses
    switch context.settings.licensePolicy.decide(plan, accepted: ready) {
    case .allowed: return Answer()
    case .accepted(let licenses):
      let isFlag = licenses.contains { license in
        accepted.contains { $0.lowercased() == license.lowercased() }
      }
      return Answer(licenses: licenses, how: isFlag ? "--accept-license" : "accept-licenses")
    case .refused(let error): throw error
    case .ask(let question, let licenses):
      if plan.licenses == self.known { return Answer() }
      switch context.confirm("\(question)\nInstall it?") {
      case true: return Answer(licenses: licenses, how: "asked")
      case nil:
        for (number, line) in question.split(separator: "\n").enumerated() {
          context.output.note((number == 0 ? "note: " : "") + line)
        }
        context.output.note("  Nobody is here to be asked, so the install goes on.")
        return Answer(licenses: licenses, how: "not asked: no terminal")
      default:
        throw NNXError(
          .license, "\(plan.name) is not installed: its licence was not accepted",
          fixes: ["Find models that may be used commercially: nnx list --available --commercial"])
      }
    }
  }

  /// Writes down who asked for the model, and what they accepted. A store that cannot keep it has the
  /// model all the same.
  func note(
    _ answer: Answer, for model: InstalledModel, in store: Store, by asker: Reasons.Asker? = .person
  ) {
    guard !model.isShared else { return }
    do throws(NNXError) {
      try store.note(asker, for: model.name, accepted: answer.licenses, how: answer.how)
    } catch { context.output.warn(error) }
  }
}
