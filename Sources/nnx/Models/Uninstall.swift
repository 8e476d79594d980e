import ArgumentParser
import NNXReport
import NNXStore
import NNXSystem

struct Uninstall: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "uninstall",
    abstract: "Remove installed models.",
    usage: "nnx uninstall <name> ... [--force] [--dry-run]",
    discussion: "All versions of a name go, or one: nnx uninstall liver2-ct@2024.6.11",
    aliases: ["rm", "remove"])

  @Argument(help: "Names of installed models.", completion: .installedModels)
  var names: [String]

  @Flag(help: "Remove models that others need, too.")
  var force = false

  @Flag(help: "Tell what would be removed, and remove nothing.")
  var dryRun = false

  @OptionGroup var global: GlobalOptions

  func run() throws {
    let context = try Context(global)
    let store = try context.store()
    // All of them first: an unknown or needed name removes nothing.
    let registry = try? context.openRegistry()
    let planned = try names.map { try removal(of: $0, store, registry) }
    if !force {
      try store.checkRequirements(removing: planned.flatMap(\.self), commandNames: names)
    }
    var removed = planned.flatMap(\.self)
    // Told before it happens: what nnx did not install is a person's. A model that somebody removes at this moment
    // has nothing to tell of; what is kept is decided under its lock.
    for model in removed {
      let others: [String]
      do throws(NNXError) { others = try model.others() } catch {
        guard error.code == .fileNotFound else { throw error }
        continue
      }
      guard !others.isEmpty else { continue }
      let why =
        model.model == nil
        ? "whose receipt cannot tell them from yours" : "that nnx did not install"
      context.output.note(
        "note: \(counted(others.count, "file")) of \(model.name) \(model.version) \(why) "
          + "\(dryRun ? "would be" : "will be") kept: \(shortList(others, most: 3))")
    }
    if !dryRun, !removed.isEmpty, Terminal.canAsk(context.environment) {
      let what = removed.map { "\($0.name) \($0.version)" }.joined(separator: ", ")
      guard context.confirm("Remove \(what)?") != false else {
        context.output.note("Nothing was removed.")
        throw ExitCode(NNXError.ExitStatus.negative.rawValue)
      }
    }
    var kept: [String] = []
    if !dryRun {
      let done = try names.map { try store.uninstall(registry?.installedName($0) ?? $0) }
      (removed, kept) = (done.flatMap(\.removed), done.flatMap(\.kept))
      for place in kept { context.output.note("note: kept in \(place)") }
    }
    let verb = dryRun ? "Would remove" : "Removed"
    context.output.answer(
      "uninstall",
      [
        "removed": removed.map { removed in
          removed.model?.listJSON ?? [
            "name": removed.name, "version": removed.version,
            "state": "damaged",
          ] as Members
        }, "dryRun": dryRun, "kept": kept,
      ], quiet: removed.map(\.name),
      text: removed.map {
        "\(verb) \($0.name) \($0.version)"
          + ($0.model.map { model in
            let size = Quantity.bytes(model.receipt.bytes)
            return dryRun
              ? " (\(size), \(counted(model.receipt.files.count, "file")) in \(model.path))."
              : " (\(size))."
          } ?? ", which was damaged.")
      })
  }

  private func removal(
    of name: String, _ store: Store, _ registry: Registry?
  ) throws(NNXError) -> [StoredModel] {
    do throws(NNXError) {
      return try store.removal(of: registry?.installedName(name) ?? name)
    } catch {
      // The registry knows which names could be installed at all.
      if error.code == .notInstalled { _ = try registry?.find(name, in: store) }
      throw error
    }
  }
}
