import ArgumentParser
import NNXStore
import NNXSystem

struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data",
    abstract: "Bring annotations that a publisher gives beside a model.",
    discussion: """
      The AIMI annotations hold a network's segmentations, experts' corrections and marks; \
      nnx evaluate --aimi compares with them.

        nnx data fetch liver-mr
        nnx evaluate --aimi liver-mr
      """,
    subcommands: [DataList.self, DataFetch.self, DataPath.self], defaultSubcommand: DataList.self)
}

struct DataList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ls", abstract: "List the data that nnx knows.", usage: "nnx data ls [--json]",
    aliases: ["list"])

  @OptionGroup var global: GlobalOptions

  func run() throws {
    let context = try Context(global)
    let store = try context.store()
    var table = Table(
      [
        .left("NAME"), .left("STATE"), .left("LICENCE", rank: 1), .left("RECORD", rank: 0),
        .left("TITLE", minimum: 20),
      ], in: context)
    let rows = DataSet.all.map { ($0, store.fetched($0)) }
    for (set, here) in rows {
      table.add([
        set.name,
        here.map { $0.version == "\(set.record)" ? "here" : "here (\($0.version))" } ?? "-",
        set.license, set.doi, set.title,
      ])
    }
    context.output.answer(
      "data",
      [
        "data": rows.map { set, here in
          [
            "name": set.name, "title": set.title, "record": set.record, "doi": set.doi,
            "license": set.license, "path": here?.path, "version": here?.version,
          ] as Members
        }
      ], quiet: rows.map(\.0.name), text: table.lines)
  }
}

struct DataPath: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "path", abstract: "Print where data lie.", usage: "nnx data path <name>")

  @Argument(help: "Name of the data.")
  var name: String

  @OptionGroup var global: GlobalOptions

  func run() throws {
    let context = try Context(global)
    let path = try context.store().dataFolder(name)
    context.output.text(path)
    context.output.json("data", ["path": path])
  }
}
