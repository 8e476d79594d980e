import ArgumentParser
import NNXModel
import NNXStore
import NNXSystem

struct Upgrade: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "upgrade",
    abstract: "Install newer versions of installed models.",
    usage: "nnx upgrade [<name> ...] [--dry-run] [--prune]",
    discussion: """
      The new version is installed beside the old one and becomes the one that the \
      name alone means. The old one stays for those who ask for it (NAME@VERSION), \
      until it is uninstalled or --prune is given.
      """)

  @Argument(
    help: "Installed models; all that are outdated, unless given.", completion: .installedModels)
  var names: [String] = []

  @Flag(help: "All models that are outdated; the same as no name.")
  var all = false

  @Flag(help: "Tell what would be done, and do nothing.")
  var dryRun = false

  @Flag(help: "Remove the old version when the new one is in place.")
  var prune = false

  @OptionGroup var global: GlobalOptions

  func validate() throws {
    guard names.isEmpty || !all else {
      throw ValidationError("name the models to upgrade, or give --all, not both")
    }
  }

  func run() throws {
    let context = try Context(global)
    let registry = try context.openRegistry()
    let store = try context.store()
    let named = try Set(names.map { try registry.find($0, in: store).name })
    let outdated = Outdated.find(try store.installed(), in: registry)
    let all = names.isEmpty
    let chosen = all ? outdated : outdated.filter { named.contains($0.model.name) }
    let current = named.filter { name in !chosen.contains { $0.model.name == name } }.sorted()
    for name in current { context.output.note("\(name) is up to date.") }
    if all, chosen.isEmpty { context.output.note("Every model is up to date.") }
    let upgraded = dryRun ? [] : try chosen.map { try upgrade($0, store, registry, context) }
    if dryRun { try announce(chosen, registry, context) }
    context.output.json(
      "upgrade",
      ["upgraded": upgraded, "planned": dryRun ? chosen.map(\.json) : [], "current": current])
  }

  private func announce(_ chosen: [Outdated], _ registry: Registry, _ context: Context) throws {
    for item in chosen {
      InstallView(context: context).announce(try InstallPlan(item.latest, in: registry))
      context.output.text(
        context.output.isQuiet
          ? item.model.name
          : "Would upgrade \(item.model.name) from \(item.model.version) to "
            + "\(item.latest.version): \(item.change.summary).")
    }
  }

  /// Installs the new version, then removes the old one if that was asked for.
  private func upgrade(
    _ item: Outdated, _ store: Store, _ registry: Registry, _ context: Context
  ) throws -> Members {
    let receipt = item.model.receipt
    let plan = try InstallPlan(item.latest, in: registry).limited(like: receipt)
    let view = InstallView(context: context)
    view.announce(plan)
    // What was accepted for the old version counts for the new one, unless somebody states others now.
    let consent = LicenseConsent(
      context: context, accepted: [], known: receipt.licenses)
    let answer = try consent.ask(about: plan)
    var options = Installer.Options()
    options.folds = receipt.folds
    let installer = Installer(store: store, transport: try context.transport())
    let result = try installer.install(
      plan, options: options,
      onWait: { context.output.note("Waiting for another nnx that installs \(plan.name)") },
      progress: context.progressBar.handler)
    context.progressBar.finish()
    consent.note(answer, for: result.model, in: store, by: nil)
    view.show(result)
    KernelCheckView(context: context).check(result.model)
    let old = "\(item.model.name)@\(item.model.version)"
    let (removed, kept) = prune ? try store.uninstall(old) : ([], [])
    for place in kept { context.output.note("note: kept in \(place): what nnx did not install") }
    for model in removed { context.output.note("Removed \(model.name) \(model.version).") }
    return item.json + [
      "path": result.model.path, "pruned": !removed.isEmpty, "bytesDownloaded": result.downloaded,
    ]
  }
}
