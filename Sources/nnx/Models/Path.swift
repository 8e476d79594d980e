import ArgumentParser
import NNXModel
import NNXStore
import NNXSystem

struct Path: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "path",
    abstract: "Print where models lie.",
    usage: "nnx path [<name>] [--results | --results-v1 | --plans | ...]",
    discussion: """
      nnU-Net runs from the same files:

        nnUNet_results="$(nnx path --results)" nnUNetv2_predict ...
        RESULTS_FOLDER="$(nnx path --results-v1)" nnUNet_predict ...
      """)

  @Argument(
    help: "Installed model; without one, the store itself.", completion: .installedModels)
  var name: String?

  @Flag(help: "What nnU-Net v2 wants as nnUNet_results.")
  var results = false

  @Flag(name: .customLong("results-v1"), help: "What nnU-Net v1 wants as RESULTS_FOLDER.")
  var resultsV1 = false

  @Flag(help: "The plans of each configuration.")
  var plans = false

  @Flag(help: "The native weights, one file for each fold.")
  var weights = false

  @Flag(help: "What was installed, and where it came from: the receipt.")
  var record = false

  @OptionGroup var global: GlobalOptions

  func validate() throws {
    guard [results, resultsV1, plans, weights, record].count(where: \.self) <= 1 else {
      throw ValidationError("only one path can be asked for")
    }
    guard name != nil || !(plans || weights || record) else {
      throw ValidationError("--plans, --weights and --record need the name of a model")
    }
  }

  func run() throws {
    let context = try Context(global)
    let paths = try self.paths(context.store(), context.openRegistry())
    context.output.text(paths)
    context.output.json(
      "path", ["path": paths.last, "paths": paths])
  }

  private func paths(_ store: Store, _ registry: Registry) throws -> [String] {
    guard let name else {
      // Shared stores change without anybody telling; a store that cannot be written keeps what it has.
      if results || resultsV1 { _ = try? store.refreshResults() }
      return [results ? store.resultsPath : resultsV1 ? store.resultsPathV1 : store.location.data]
    }
    let model = try registry.find(name, in: store)
    if record { return ["\(model.path)/\(Receipt.fileName)"] }
    guard results || resultsV1 || plans || weights else { return [model.path] }
    let sets = model.receipt.sets
    if plans { return try model.plans() }
    if weights {
      return try sets.flatMap { set in
        let folder = try model.open(set: set.id)
        return folder.entries.flatMap { entry in
          entry.folds.map { "\(folder.path)/\($0.weights)" }
        }
      }
    }
    let generation = results ? 2 : 1
    let fitting = sets.filter { $0.generation == generation }
    guard !fitting.isEmpty else {
      throw NNXError(
        .noModel, "\(model.name) is no model of nnU-Net v\(generation)",
        fixes: ["nnx path \(model.name) \(results ? "--results-v1" : "--results")"])
    }
    return fitting.map { model.folder(of: $0) + (results ? "/nnUNet_results" : "") }
  }
}
