import ArgumentParser
import NNXStore
import NNXSystem

struct Unpack: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "unpack",
    abstract: "Install the models of a file that 'nnx pack' wrote.",
    usage: "nnx unpack <file.nnxpack> [--sha256 <digest>] [--dry-run]",
    discussion: """
      Every file is compared with the digests in the pack, and the weights are converted \
      anew, before anything becomes visible. The pack's word is all that is known of \
      where its files come from; --sha256 makes sure that it is the one you were sent.
      """)

  @Argument(help: "The pack.")
  var file: String

  @Option(help: ArgumentHelp("What 'nnx pack' printed.", valueName: "digest"))
  var sha256: String?

  @Flag(help: "Install again what is installed.")
  var force = false

  @Flag(help: "Tell what would be done, and do nothing.")
  var dryRun = false

  @OptionGroup var global: GlobalOptions

  func run() throws {
    let context = try Context(global)
    let store = try context.store()
    let pack = try PackFile(file, in: store.location)
    if let sha256 { try compare(try pack.digest(), sha256.lowercased()) }
    let plans = pack.models.map(pack.plan)
    let view = InstallView(context: context)
    let installer = Installer(store: store, transport: pack.transport)
    var options = Installer.Options()
    options.force = force
    guard !dryRun else {
      let previews = try plans.map { try installer.preview($0, options: options) }
      previews.forEach(view.show)
      return context.output.json("unpack", ["planned": previews.map(view.json)])
    }
    var results: [Installer.Result] = []
    for plan in plans {
      view.announce(plan)
      let result = try installer.install(
        plan, options: options, progress: context.progressBar.handler)
      context.progressBar.finish()
      view.show(result)
      KernelCheckView(context: context).check(result.model)
      results.append(result)
    }
    context.output.json("unpack", view.json(results))
  }

  private func compare(_ got: String, _ expected: String) throws {
    guard got == expected else {
      throw NNXError(
        .integrity, "\(file) is not the pack that was sent",
        details: ["expected sha256  \(expected)", "got      sha256  \(got)"],
        fixes: ["Nothing was installed; copy the file again"])
    }
  }
}
