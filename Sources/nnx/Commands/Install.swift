import ArgumentParser
import NNXStore
import NNXSystem

struct Install: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Install a model by name, from a file or from a Zenodo record.",
    usage: "nnx install <model> ... [--name <name>] [--dry-run]",
    discussion: """
      What is installed is checked against the registry's digests, unpacked beside \
      what is there, converted, and put in place in one step: a killed install leaves \
      the old state.

        nnx install lung2-ct
        nnx install my-model.zip --name my-model
        nnx install 10.5281/zenodo.11582738

      See what there is with: nnx list --available
      """,
    aliases: ["add", "pull"])

  @Argument(help: "Name, zip file, folder, or Zenodo record or DOI.")
  var models: [String]

  @Option(help: ArgumentHelp("What to call a model from a file.", valueName: "name"))
  var name: String?

  @Flag(help: "Install again what is installed.")
  var force = false

  @Flag(help: "Keep the downloaded archive in the cache.")
  var keepArchive = false

  @Flag(help: "Install only what nnx.lock names, byte for byte.")
  var locked = false

  @Flag(help: "Tell what would be done, and do nothing.")
  var dryRun = false

  @OptionGroup var global: GlobalOptions

  func validate() throws {
    guard name == nil || models.count == 1 else {
      throw ValidationError("--name goes with one model")
    }
  }

  func run() throws {
    let context = try Context(global)
    let registry = try context.openRegistry()
    let lock = locked ? try LockFile(contentsOf: LockFile.fileName) : nil
    let plans = try models.map {
      let plan = try Installer.plan(
        ModelSelector($0), name: name, registry: registry, zenodo: context.zenodo)
      return try lock?.locking(plan) ?? plan
    }
    let view = InstallView(context: context)
    guard !dryRun else {
      plans.forEach(view.announce)
      return context.output.json("install", ["planned": .array(plans.map(view.json))])
    }
    let installer = Installer(store: try context.store(), transport: try context.transport())
    var options = Installer.Options()
    options.force = force
    options.keepsArchive = keepArchive
    var results: [Installer.Result] = []
    for plan in plans {
      view.announce(plan)
      let result = try installer.install(
        plan, options: options,
        onWait: { context.output.note("Waiting for another nnx that installs \(plan.name)") },
        progress: context.progressBar.handler)
      context.progressBar.finish()
      view.show(result)
      results.append(result)
    }
    context.output.json("install", view.json(results))
  }
}
