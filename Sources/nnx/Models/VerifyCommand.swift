import ArgumentParser
import NNXStore
import NNXSystem

struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Check installed models, or the results of a run, and repair models.",
    usage: "nnx verify [<name> | <seg> ...] [--deep] [--repair]",
    discussion: """
      Names and sizes by default; --deep reads every byte. --repair reads every byte, \
      too, and fetches back only what is damaged: a member of the archive by a range \
      request, weights by converting their checkpoint again.

      A segmentation, or the record beside it, is compared with that record: its own bytes, the \
      images where they are still there, and the model and weights where they are installed.

        nnx verify lung2-ct --deep
        nnx verify segmentations/case1.nii.gz

      Exit status 1 when damage is found, and not repaired.
      """)

  @Argument(help: "Installed models, or segmentations; all models, unless given.")
  var names: [String] = []

  @Flag(help: "Hash every file.")
  var deep = false

  @Flag(help: "Bring back what is damaged.")
  var repair = false

  @OptionGroup var global: GlobalOptions

  func run() throws {
    let context = try Context(global)
    let store = try context.store()
    let runs = names.filter(VerifyRuns.isRun)
    guard runs.isEmpty else {
      guard runs.count == names.count else {
        throw ValidationError("give models or segmentations, not both")
      }
      return try VerifyRuns(context: context).show(runs, installed: store.installed())
    }
    var (models, unreadable) = try store.contents()
    if !names.isEmpty {
      let all = unreadable
      (models, unreadable) = ([], [])
      for name in names {
        do throws(NNXError) { models.append(try store.find(name)) } catch {
          guard let damaged = all.first(where: { $0.isMeant(by: name) }) else { throw error }
          unreadable.append(damaged)
        }
      }
    }
    var view = VerifyView(context: context)
    for model in models {
      let verify = try Verify(
        model, isDeep: deep || repair, progress: context.progressBar.handler)
      context.progressBar.finish()
      guard repair, !verify.isClean else {
        view.add(verify)
        continue
      }
      do {
        let installer = Installer(store: store, transport: try context.transport())
        let repaired = try installer.repair(
          verify, registry: try context.openRegistry(),
          onWait: { context.output.note("Waiting for another nnx that works on \(model.name)") },
          progress: context.progressBar.handler)
        context.progressBar.finish()
        view.add(verify, repaired: repaired)
      } catch let error as NNXError {
        view.add(verify, failed: error)
      }
    }
    for model in unreadable { view.add(unreadable: model) }
    view.finish()
    if view.isBad { throw ExitCode(NNXError.ExitStatus.negative.rawValue) }
  }
}
