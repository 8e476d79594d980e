import ArgumentParser
import NNXStore
import NNXSystem

struct SyncCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sync",
    abstract: "Install exactly the models that nnx.lock names.",
    usage: "nnx sync [--file <file>] [--prune] [--dry-run]",
    discussion: """
      What is missing is installed, and every byte compared with the lock. A model that \
      cannot be had does not stop the others. Other models stay, unless --prune is given.
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
    let steps = dryRun ? sync.steps : try carryOut(sync, store, context)
    context.output.text(steps.compactMap { $0.text(dryRun, context.output.isQuiet) })
    let failures = steps.compactMap { step -> NNXError? in
      if case .fail(_, let error) = step { error } else { nil }
    }
    let data: Members = ["dryRun": dryRun, "steps": steps.map(\.json)]
    guard let first = failures.first else { return context.output.json("sync", data) }
    guard !context.output.isJSON else {
      context.output.failure("sync", first, data)
      throw ExitCode(first.code.status.rawValue)
    }
    for error in failures.dropFirst() { context.output.error(error) }
    throw first
  }

  /// - Returns: the steps as they went.
  private func carryOut(
    _ sync: Sync, _ store: Store, _ context: Context
  ) throws -> [Sync.Step] {
    let installer = Installer(store: store, transport: try context.transport())
    let view = InstallView(context: context)
    let consent = LicenseConsent(context: context, accepted: [])
    // All of them first: what the policy refuses stops the sync before it changes anything.
    var answers: [String: LicenseConsent.Answer] = [:]
    for case .install(let plan, _) in sync.steps {
      answers[plan.name] = try consent.ask(about: plan)
    }
    var steps: [Sync.Step] = []
    var isComplete = true
    for step in sync.steps {
      var step = step
      switch step {
      case .keep: break
      case .fail: isComplete = false
      case .select(let model): try store.select(model)
      case .remove(let model):
        // What the lock names is had first.
        guard isComplete else { continue }
        for place in try store.uninstall("\(model.name)@\(model.version)").kept {
          context.output.note("note: kept in \(place): what nnx did not install")
        }
      case .install(let plan, let replaces):
        view.announce(plan)
        defer { context.progressBar.finish() }
        var options = Installer.Options()
        options.force = replaces
        options.folds = plan.promise?.folds ?? .all
        do throws(NNXError) {
          let result = try installer.install(
            plan, options: options, progress: context.progressBar.handler)
          context.progressBar.finish()
          consent.note(
            answers[plan.name] ?? .init(), for: result.model, in: store, by: .lock(file))
          KernelCheckView(context: context).check(result.model)
        } catch {
          guard let promise = plan.promise else { throw error }
          isComplete = false
          step = .fail(promise, error)
        }
      }
      steps.append(step)
    }
    return steps
  }
}
