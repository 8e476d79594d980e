import ArgumentParser
import NNXStore
import NNXSystem

struct Why: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "why",
    abstract: "Tell why a model is installed.",
    usage: "nnx why <name> [--json]",
    discussion: """
      A person asked for it, a lock file names it, or the recipe of another model needs it.

        nnx why lung-nodules-ct
      """)

  @Argument(help: "Installed model.")
  var name: String

  @OptionGroup var global: GlobalOptions

  func run() throws {
    let context = try Context(global)
    let store = try context.store()
    let model = try store.find(name)
    let reasons = store.reasons(for: model.name)
    let requirers = try store.requirers(of: model.name)
    var lines = reasons.askers.map {
      switch $0 {
      case .person: "asked for with nnx install"
      case .lock(let path): "named by \(path)"
      }
    }
    lines += requirers.map { "needed by \($0)" }
    if model.isShared { lines.append("lies in the shared store at \(model.path)") }
    if lines.isEmpty { lines = ["installed \(model.receipt.installed); nobody wrote down why"] }
    lines += reasons.accepted.map { "licence \($0.spdx) accepted \($0.at) (\($0.how))" }
    context.output.answer(
      "why",
      [
        "name": model.name, "version": model.version,
        "askedBy": reasons.askers, "neededBy": requirers,
        "accepted": reasons.accepted, "shared": model.isShared,
      ], quiet: requirers, text: ["\(model.name) \(model.version)"] + lines.map { "  \($0)" })
  }
}
