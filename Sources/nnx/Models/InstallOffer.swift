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
  /// - Parameter missing: why it cannot be used now.
  /// - Throws: `missing`, with how to say yes beforehand, when nobody answers or the answer is no; what
  ///   installing throws.
  func install(_ name: String, because missing: NNXError) throws -> InstalledModel {
    guard missing.code == .notInstalled,
      registry.card(named: String(name.prefix { $0 != "@" })) != nil
    else { throw missing }
    let plan = try Installer.plan(
      ModelSelector(name), registry: registry, asking: context.web)
    let question = "\(plan.name) is not installed: \(origin(plan)). Install it now?"
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
    let isZenodo = plan.items.contains { $0.record != nil }
    let host = plan.items.flatMap(\.files).compactMap(\.urls.first).first.flatMap(URLParts.init)?
      .host
    let size = plan.downloadSize.map(Quantity.bytes) ?? "a download of unknown size"
    return "\(size) from \(isZenodo ? "Zenodo" : host ?? "the registry")"
  }
}
