import ArgumentParser
import NNXModel
import NNXStore
import NNXSystem

struct Search: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "search",
    abstract: "Find models by organ, modality, label or any other word.",
    usage: "nnx search <word> ... [<filter> ...]",
    discussion: """
      Every word must be found, at the beginning of a word in a model's name, organs, \
      modalities, title, labels or keywords; tumour finds tumor. Exit status 1: \
      nothing was found.

        nnx search liver
        nnx search lung nodule --modality CT --commercial
      """)

  @Argument(help: "What to look for; without a word, all models.")
  var words: [String] = []

  @OptionGroup(title: "Filters") var filters: FilterOptions

  @OptionGroup var global: GlobalOptions

  func run() throws {
    let context = try Context(global)
    let registry = try context.openRegistry()
    var found = registry.search(words).map { (card: $0, facts: ModelFacts($0)) }
      .filter { filters.filter.accepts($0.facts) }
    if let order = filters.sort { found.sort { order.puts($0.facts, before: $1.facts) } }
    let installed = (try? context.store().installed()) ?? []
    let close =
      found.isEmpty ? registry.nearestNames(to: words.joined(separator: "-")) : []
    CardTable(found.map(\.card), installed: installed, context: context)
      .show("search", close: close)
    guard found.isEmpty else { return }
    let what = words.isEmpty ? "these filters" : "'\(words.joined(separator: " "))'"
    context.output.note("No model matches \(what).")
    if !close.isEmpty { context.output.note("  Close names: \(close.joined(separator: ", "))") }
    context.output.note("  See all models with: nnx list --available")
    throw ExitCode(NNXError.ExitStatus.negative.rawValue)
  }
}
