import NNXModel
import NNXStore
import NNXSystem

/// Carries out the install of models, one after the other, and tells about each.
struct ModelInstall {
  let context: Context
  let store: Store
  let view: InstallView
  let consent: LicenseConsent
  private let installer: Installer

  /// - Parameter accepted: what `--accept-license` named.
  /// - Throws: what finding the store and its cache throws.
  init(_ context: Context, accepted: [String] = []) throws {
    self.context = context
    store = try context.store()
    view = InstallView(context: context)
    consent = LicenseConsent(context: context, accepted: accepted)
    installer = Installer(store: store, transport: try context.transport())
  }

  /// What would be done.
  ///
  /// - Throws: as `Installer.preview`.
  func preview(
    _ plan: InstallPlan, options: Installer.Options
  ) throws(NNXError) -> InstallPreview { try installer.preview(plan, options: options) }

  /// Installs all of them, once what there is to ask about any was asked.
  ///
  /// - Throws: as `Installer.install`, with what was done and what was not; `usage` and `license` before
  ///   anything is done.
  func run(
    _ plans: [InstallPlan], in registry: Registry, options: Installer.Options
  ) throws -> [Installer.Result] {
    for plan in plans { try checkName(plan, in: registry, isForced: options.force) }
    let answers = try plans.map { try consent.ask(about: $0) }
    var results: [Installer.Result] = []
    for (index, plan) in plans.enumerated() {
      do throws(NNXError) {
        results.append(try run(plan, answers[index], options: options))
      } catch {
        throw view.stopped(error, after: results, before: plans[(index + 1)...].map(\.name))
      }
    }
    return results
  }

  /// - Parameters:
  ///   - answer: about the licence, asked before.
  ///   - isAnswer: whether the model is what was asked for, and not what something else needs.
  /// - Throws: as `Installer.install`.
  func run(
    _ plan: InstallPlan, _ answer: LicenseConsent.Answer, options: Installer.Options = .init(),
    isAnswer: Bool = true
  ) throws(NNXError) -> Installer.Result {
    defer { context.progressBar.finish() }
    let before = try store.installed().first { $0.name == plan.name && $0.isDefault }
    view.announce(try installer.remaining(of: plan, options))
    let result = try installer.install(
      plan, options: options,
      onWait: { context.output.note("Waiting for another nnx that installs \(plan.name)") },
      progress: context.progressBar.handler)
    context.progressBar.finish()
    consent.note(answer, for: result.model, in: store)
    let sample = try? store.sample(for: result.model)
    view.show(result, sample: sample, isAnswer: isAnswer)
    if let before, before.version != result.model.version {
      view.showChange(of: result.model, from: before)
    }
    KernelCheckView(context: context).check(result.model)
    return result
  }

  /// Asks before something of one's own gets the name of another model of the registry.
  ///
  /// - Throws: `usage` when nobody says that it is meant.
  private func checkName(
    _ plan: InstallPlan, in registry: Registry, isForced: Bool
  ) throws(NNXError) {
    guard plan.kind != .registry, plan.stated == nil, !isForced,
      let card = registry.card(named: plan.name)
    else { return }
    let question = """
      \(plan.name) is the name of a model of the registry: \(card.title).
      Call this one so, too?
      """
    guard context.confirm(question, assumed: false) != true else { return }
    throw NNXError(
      .usage, "\(plan.name) is the name of a model of the registry",
      details: ["Nothing was installed; nobody could tell the two apart later."],
      fixes: ["Give it a name of its own: --name my-\(plan.name)", "If it is meant: --force"])
  }
}
