import ArgumentParser
import NNXStore
import NNXSystem

struct DataFetch: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fetch", abstract: "Bring data into the store.",
    usage: "nnx data fetch <name> ... [--from <file>]",
    discussion: """
      The archive is checked against the digest that its record on Zenodo states; a fetch that \
      was interrupted goes on where it was.

        nnx data fetch liver-mr
        nnx data fetch liver-mr --from liver-mr.zip
      """)

  @Argument(help: "Names of the data.")
  var names: [String]

  @Option(
    help: ArgumentHelp("Take this archive, which nobody vouches for.", valueName: "file"))
  var from: String?

  @OptionGroup var global: GlobalOptions

  func validate() throws {
    guard from == nil || names.count == 1 else {
      throw ValidationError("--from goes with one name")
    }
  }

  func run() throws {
    let context = try Context(global)
    let sets = try names.map { try DataSet.named($0) }
    let fetcher = DataFetcher(
      store: try context.store(), transport: try context.transport(), asking: context.web)
    defer { context.progressBar.finish() }
    let results = try sets.map { set in
      let result = try fetcher.fetch(
        set, from: from.map { Folder.absolute($0) },
        onWait: { context.output.note("Waiting for another nnx that fetches \(set.name)") },
        progress: context.progressBar.handler)
      context.progressBar.finish()
      context.output.note(
        result.wasHere
          ? "\(set.name) is here already"
          : "Fetched \(set.name) (\(set.license), \(set.authors[0]) et al., doi \(set.doi))")
      context.output.text(result.data.path)
      return result
    }
    context.output.json(
      "data",
      [
        "fetched": results.map {
          [
            "name": $0.data.name, "path": $0.data.path, "version": $0.data.version,
            "wasHere": $0.wasHere, "downloaded": $0.downloaded,
          ] as Members
        }
      ])
  }
}
