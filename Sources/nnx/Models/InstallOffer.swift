import NNXModel
import NNXStore
import NNXSystem

/// A model that is wanted now and is not installed: whoever asks for a prediction may have it first.
struct InstallOffer {
  private let context: Context
  private let registry: Registry

  init(_ context: Context, _ registry: Registry) {
    self.context = context
    self.registry = registry
  }

  /// Installs a model of the registry after a yes.
  ///
  /// - Parameter parts: which of its networks are wanted.
  /// - Parameter missing: why it cannot be used now.
  /// - Throws: `missing`, with how to say yes beforehand, when nobody answers or the answer is no; what
  ///   installing throws.
  func install(
    _ name: String, _ parts: PartOptions, because missing: NNXError
  ) throws -> InstalledModel {
    guard missing.code == .notInstalled,
      let card = registry.card(named: String(name.prefix { $0 != "@" }))
    else { throw missing }
    var plan = try Installer.plan(
      ModelSelector(name), registry: registry, asking: context.web)
    if let sets = try parts.sets(of: card) { plan = plan.limited(to: sets) }
    let question = "\(plan.name) is not installed: \(origin(plan)). Install it now?"
    return try install(plan, question, because: missing)
  }

  /// Installs networks that an installed model lacks, after a yes.
  ///
  /// - Parameter sets: ids of those that are needed now.
  /// - Throws: `not-installed` when nobody answers or the answer is no; what installing throws.
  func complete(_ model: InstalledModel, _ sets: [String], mayAsk: Bool) throws -> InstalledModel {
    let count = counted(sets.count, "network")
    let missing = NNXError(
      .notInstalled,
      "\(model.name) is installed in part: \(count) that this needs \(sets.count == 1 ? "is" : "are") not here",
      details: ["Not here: \(sets.joined(separator: ", "))"],
      fixes: ["Bring all of it: nnx install \(model.name)"])
    guard mayAsk, let card = registry.card(named: model.name), card.version == model.version else {
      throw missing
    }
    let plan = try InstallPlan(card, in: registry).limited(to: sets)
    return try install(
      plan, "\(model.name) lacks \(count) for this: \(origin(plan)). Install now?", because: missing
    )
  }

  private func install(
    _ plan: InstallPlan, _ question: String, because missing: NNXError
  ) throws -> InstalledModel {
    guard context.confirm(question) == true else {
      var error = missing
      error.fixes.insert("Or let this command install it: -y", at: min(1, error.fixes.count))
      throw error
    }
    let install = try ModelInstall(context)
    let answer = try install.consent.ask(about: plan)
    return try install.run(plan, answer, isAnswer: false).model
  }

  /// `1.1 GB from Zenodo`.
  private func origin(_ plan: InstallPlan) -> String {
    guard plan.origin == .network else { return "it is here already" }
    let isZenodo = plan.wanted.contains { $0.record != nil }
    let host = plan.wanted.flatMap(\.files).compactMap(\.urls.first).first.flatMap(URLParts.init)?
      .host
    let size = plan.downloadSize.map(Quantity.bytes) ?? "a download of unknown size"
    return "\(size) from \(isZenodo ? "Zenodo" : host ?? "the registry")"
  }
}
