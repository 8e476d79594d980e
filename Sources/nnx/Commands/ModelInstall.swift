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
    view.announce(plan)
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
  func checkName(_ plan: InstallPlan, in registry: Registry, isForced: Bool) throws(NNXError) {
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
