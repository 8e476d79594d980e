import ArgumentParser
import NNXStore
import NNXSystem

struct Path: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print where models lie.",
    usage: "nnx path [<name>] [--results | --results-v1]",
    discussion: """
      nnU-Net runs from the same files:

        nnUNet_results="$(nnx path --results)" nnUNetv2_predict ...
        RESULTS_FOLDER="$(nnx path --results-v1)" nnUNet_predict ...
      """)

  @Argument(help: "Installed model; without one, the store itself.")
  var name: String?

  @Flag(help: "What nnU-Net v2 wants as nnUNet_results.")
  var results = false

  @Flag(name: .customLong("results-v1"), help: "What nnU-Net v1 wants as RESULTS_FOLDER.")
  var resultsV1 = false

  @OptionGroup var global: GlobalOptions

  func run() throws {
    let context = try Context(global)
    let store = try context.store()
    // Shared stores change without anybody telling; a store that cannot be written keeps what it has.
    if name == nil, results || resultsV1 { _ = try? store.refreshResults() }
    let path =
      try name.map { try Self.path(of: store.find($0), results: results || resultsV1) }
      ?? (results ? store.resultsPath : resultsV1 ? store.resultsPathV1 : store.location.data)
    context.output.text(path)
    context.output.json("path", ["path": .string(path)])
  }

  /// A model's folder, or the results tree that it alone fills.
  private static func path(of model: InstalledModel, results: Bool) throws -> String {
    guard results else { return model.path }
    let set = try model.set()
    return model.folder(of: set) + (set.generation == 2 ? "/nnUNet_results" : "")
  }
}
