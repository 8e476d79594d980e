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
    let (installed, unreadable) = try store.contents()
    if available {
      let order = filters.sort ?? .name
      let cards = registry.models.map { (card: $0, facts: ModelFacts($0)) }
        .filter { filters.filter.accepts($0.facts) }
      let sorted =
        filters.sort == nil ? cards : cards.sorted { order.puts($0.facts, before: $1.facts) }
      let isWhole = filters.filter.isEmpty && filters.sort == nil
      return CardTable(
        sorted.map(\.card), isGrouped: isWhole, installed: installed, context: context
      )
      .show("list", why: filters.filter.whyNone(of: registry.models))
    }
    let models = chosen(
      outdated ? installed.filter { registry.update(for: $0) != nil } : installed, registry)
    let table = InstalledTable(
      models.map { ($0, FoldCount($0, stated: registry.folds(of: $0))) }, context: context)
    let names = Set(installed.map(\.name))
    table.show(
      store: store.location.data, isFiltered: outdated || !filters.filter.isEmpty,
      others: registry.names.count { !names.contains($0) }, unreadable: unreadable)
  }

  /// Those that the filters want, in the order that is asked for. Without either nobody reads an entry.
  private func chosen(_ installed: [InstalledModel], _ registry: Registry) -> [InstalledModel] {
    let order = filters.sort ?? .name
    guard !filters.filter.isEmpty || order != .name else { return installed }
    return installed.map { model in
      let card = registry.card(of: model)
      let facts = ModelFacts(model, card: card, readsNetworks: !filters.filter.isEmpty)
      return (model: model, facts: facts)
    }.filter { filters.filter.accepts($0.facts) }
      .sorted { order != .name && order.puts($0.facts, before: $1.facts) }.map(\.model)
  }
}
