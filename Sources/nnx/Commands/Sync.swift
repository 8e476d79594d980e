import ArgumentParser
import NNXStore
import NNXSystem

struct SyncCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sync",
    abstract: "Install exactly the models that nnx.lock names.",
    usage: "nnx sync [--file <file>] [--prune] [--dry-run]",
    discussion: """
      What is missing is installed, and every byte compared with the lock. Other models \
      stay, unless --prune is given.
      """)

  @Option(name: .shortAndLong, help: ArgumentHelp("The lock.", valueName: "file"))
  var file = LockFile.fileName

  @Flag(help: "Remove models that the lock does not name.")
  var prune = false

  @Flag(help: "Tell what would be done, and do nothing.")
  var dryRun = false

  @OptionGroup var global: GlobalOptions

  func run() throws {
    let context = try Context(global)
    let store = try context.store()
    let sync = try Sync(
      LockFile(contentsOf: file), folder: LockFile.folder(of: file), store: store,
      registry: context.openRegistry(), prunes: prune)
    if !dryRun { try carryOut(sync, store, context) }
    context.output.text(sync.steps.compactMap { $0.text(dryRun, context.output.isQuiet) })
    context.output.json(
      "sync", ["dryRun": .bool(dryRun), "steps": .array(sync.steps.map(\.json))])
  }

  private func carryOut(_ sync: Sync, _ store: Store, _ context: Context) throws {
    let installer = Installer(store: store, transport: try context.transport())
    let view = InstallView(context: context)
    let consent = LicenseConsent(context: context, accepted: [])
    // All of them first: what the policy refuses stops the sync before it changes anything.
    var answers: [String: LicenseConsent.Answer] = [:]
    for case .install(let plan, _) in sync.steps {
      answers[plan.name] = try consent.ask(about: plan)
    }
    for step in sync.steps {
      switch step {
      case .keep: continue
      case .select(let model): try store.select(model)
      case .remove(let model): try store.uninstall("\(model.name)@\(model.version)")
      case .install(let plan, let replaces):
        view.announce(plan)
        var options = Installer.Options()
        options.force = replaces
        options.folds = plan.promise?.folds ?? .all
        let result = try installer.install(
          plan, options: options, progress: context.progressBar.handler)
        context.progressBar.finish()
        consent.note(answers[plan.name] ?? .init(), for: result.model, in: store, by: .lock(file))
        KernelCheckView(context: context).check(result.model)
      }
    }
  }
}

extension Sync.Step {
  fileprivate var parts: (done: String, wouldDo: String, name: String, version: String) {
    switch self {
    case .keep(let model): ("kept", "keep", model.name, model.version)
    case .select(let model): ("selected", "select", model.name, model.version)
    case .install(let plan, _):
      ("installed", "install", plan.name, plan.version ?? plan.promise?.version ?? "")
    case .remove(let model): ("removed", "remove", model.name, model.version)
    }
  }

  fileprivate func text(_ isDryRun: Bool, _ isQuiet: Bool) -> String? {
    isQuiet
      ? parts.name
      : "\((isDryRun ? parts.wouldDo : parts.done).padding(to: 9)) \(parts.name) \(parts.version)"
  }

  fileprivate var json: OrderedJSON {
    [
      "action": .string(parts.wouldDo), "name": .string(parts.name),
      "version": .string(parts.version),
    ]
  }
}
