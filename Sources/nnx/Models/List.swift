import ArgumentParser
import NNXModel
import NNXStore
import NNXSystem

struct List: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List installed models, or those that can be installed.",
    usage: "nnx list [--available | --outdated] [<filter> ...]",
    discussion: """
      FOLDS: installed / published. LICENCE: ?conflict where sources disagree (see \
      nnx info); the stricter one counts.

        nnx list
        nnx list --available --organ liver --modality CT
        nnx list -q | xargs nnx verify
      """,
    aliases: ["ls"])

  @Flag(name: .shortAndLong, help: "List the registry's models instead.")
  var available = false

  @Flag(help: "Only models of which the registry has a newer version.")
  var outdated = false

  @OptionGroup(title: "Filters") var filters: FilterOptions

  @OptionGroup var global: GlobalOptions

  func validate() throws {
    guard !available || !outdated else {
      throw ValidationError("--outdated is about installed models; leave out --available")
    }
  }

  func run() throws {
    let context = try Context(global)
    let registry = try context.openRegistry()
    let store = try context.store()
    let installed = try store.installed()
    if available {
      let order = filters.sort ?? .name
      let cards = registry.models.map { (card: $0, facts: ModelFacts($0)) }
        .filter { filters.filter.accepts($0.facts) }
      let sorted =
        filters.sort == nil ? cards : cards.sorted { order.puts($0.facts, before: $1.facts) }
      return CardTable(sorted.map(\.card), installed: installed, context: context)
        .show("list", why: filters.filter.whyNone(of: registry.models))
    }
    let models = installed.map { model in
      let card = registry.card(of: model)
      let facts = ModelFacts(model, card: card, readsNetworks: !filters.filter.isEmpty)
      return (model: model, card: card, facts: facts)
    }.filter {
      filters.filter.accepts($0.facts) && (!outdated || registry.update(for: $0.model) != nil)
    }
    let order = filters.sort ?? .name
    let rows =
      order == .name
      ? models : models.sorted { order.puts($0.facts, before: $1.facts) }
    let table = InstalledTable(rows.map { ($0.model, $0.card) }, context: context)
    table.show(
      store: store.location.data, isFiltered: outdated || !filters.filter.isEmpty,
      others: registry.models.count { card in !installed.contains { $0.name == card.name } },
      unreadable: try store.unreadable())
  }
}
