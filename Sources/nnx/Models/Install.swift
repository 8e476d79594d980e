import ArgumentParser
import NNXStore
import NNXSystem

struct Install: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "install",
    abstract: "Install a model by name, from a file or from a Zenodo record.",
    usage: "nnx install <model> ... [--folds <folds>] [--dry-run]",
    discussion: """
      What is installed is checked against the registry's digests, unpacked beside what is there, \
      converted, and put in place in one step: a killed install leaves the old state.

        nnx install lung2-ct --folds 0
        nnx install totalsegmentator --roi-subset liver spleen
        nnx install my-model.zip --name my-model
        nnx install 10.5281/zenodo.11582738

      Without a terminal nobody is asked about a licence: nnx config set license-policy commercial \
      forbids what may not be used commercially, and an n in a pipe counts. With --folds only these \
      are fetched, with --roi-subset only networks that know these structures; more can be added \
      later. See what there is with: nnx list --available
      """,
    aliases: ["add", "pull"])

  @Argument(help: "Name, archive, folder, or Zenodo record or DOI.", completion: .registryModels)
  var models: [String]

  @Option(help: ArgumentHelp("What to call a model from a file.", valueName: "name"))
  var name: String?

  @Option(help: ArgumentHelp("Folds to have: 0 or 0,2 or all.", valueName: "folds"))
  var folds: String = "all"

  @OptionGroup var parts: PartOptions

  @Option(
    help: ArgumentHelp(
      "Take the bytes from this file, folder, record or address.", valueName: "place"))
  var from: String?

  @Flag(help: "Install again what is installed.")
  var force = false

  @Flag(help: "Keep the downloaded archive in the cache.")
  var keepArchive = false

  @Flag(help: "Install only what nnx.lock names, byte for byte.")
  var locked = false

  @Flag(help: "Drop the checkpoints after conversion; nnU-Net needs them.")
  var slim = false

  @Option(
    help: ArgumentHelp("Accept this licence (SPDX); may be repeated.", valueName: "licence"))
  var acceptLicense: [String] = []

  @Flag(help: "Tell what would be done, and do nothing.")
  var dryRun = false

  @OptionGroup var global: GlobalOptions

  func validate() throws {
    guard name == nil || models.count == 1 else {
      throw ValidationError("--name goes with one model")
    }
    guard from == nil || models.count == 1 else {
      throw ValidationError("--from goes with one model")
    }
  }

  func run() throws {
    let context = try Context(global)
    let registry = try context.openRegistry()
    let lock = locked ? try LockFile(contentsOf: LockFile.fileName) : nil
    var options = Installer.Options()
    (options.force, options.keepsArchive) = (force, keepArchive)
    options.folds = try FoldSelection(folds)
    options.isSlim = slim
    // All of them first: an unknown name installs nothing.
    let plans = try models.map { model in
      var plan = try Installer.plan(
        ModelSelector(model), name: name, registry: registry, asking: context.web)
      plan = try parts.limiting(plan, registry)
      plan = try lock?.locking(plan) ?? plan
      return try from.map { try plan.taking(from: $0, asking: context.web) } ?? plan
    }
    let install = try ModelInstall(context, accepted: acceptLicense)
    guard !dryRun else {
      let previews = try plans.map { try install.preview($0, options: options) }
      previews.forEach(install.view.show)
      return context.output.json("install", ["planned": previews.map(install.view.json)])
    }
    let results = try install.run(plans, in: registry, options: options)
    context.output.json(
      "install", install.view.json(results),
      warnings: results.flatMap { $0.model.receipt.sets.compactMap(\.unsupported) }
        .map(Output.Warning.init))
  }
}
