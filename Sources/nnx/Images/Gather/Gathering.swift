import ArgumentParser
import NNXImage
import NNXPredict
import NNXReport
import NNXStore
import NNXSystem

/// Which cases a cohort is to have, where its folder does not say.
struct GatherInput: ParsableArguments {
  @Option(
    name: [.customShort("m"), .customLong("model")],
    help: ArgumentHelp("Model of the cohort, where -i is given.", valueName: "name"))
  var model: String?

  @Option(
    name: [.customShort("i"), .customLong("input")], parsing: .upToNextOption,
    help: ArgumentHelp("Images that the cohort is to have results of.", valueName: "image"))
  var input: [String] = []

  @Option(help: ArgumentHelp("Which images of a BIDS tree, as for predict.", valueName: "entities"))
  var bids: [String] = []

  func validate() throws {
    guard input.isEmpty == (model == nil) else {
      throw ValidationError("-m and -i go together: how names are read depends on the model")
    }
  }

  /// - Throws: what finding model and images throws.
  func list(_ folder: String, _ context: Context) throws -> CohortList? {
    guard let model else { return nil }
    let options = try PredictionOptions.parse(
      ["-m", model] + input.flatMap { ["-i", $0] } + bids.flatMap { ["--bids", $0] })
    let ready = try Prediction(options, context)
    let targets = try OutputPaths(folder + "/", cases: ready.cases, inputs: input)
    return CohortList(options, ready.cases, targets)
  }
}

/// A cohort as it is at one moment.
struct Gathering {
  let folder: String
  let context: Context
  private let index: CohortIndex
  let state: CohortState
  private let given: CohortList?

  init(_ folder: String, _ input: GatherInput, _ context: Context) throws {
    try self.init(folder, try input.list(folder, context), context)
  }

  private init(_ folder: String, _ given: CohortList?, _ context: Context) throws {
    (self.folder, self.given, self.context) = (folder, given, context)
    index = try CohortIndex(
      of: folder, cache: try context.store().location.cache, rows: GatherRows.ofRecord)
    state = try CohortState(folder, index, more: given?.entries ?? [])
  }

  /// What a person should know of the look itself, and of all results together.
  func remarks() throws -> [String] {
    let lost =
      "the index cannot be kept in the cache (nnx cache dir): all records are read each time"
    return [index.isKept ? nil : lost, ResultMaker.note(try index.makers())].compactMap(\.self)
  }

  /// Those with inputs that were given first.
  private func lists() -> [CohortList] {
    [given].compactMap(\.self)
      + CohortList.paths(in: folder).compactMap { try? CohortList(contentsOf: $0) }
  }

  var view: GatherView {
    GatherView(
      context: context, folder: folder, state: state,
      next: NextStep(
        state, folder: folder, lists: state.count(.done) == state.items.count ? [] : lists()))
  }

  func rows() throws -> [[String]] {
    try GatherRows.all(state, index, CohortFacts(lists()))
  }

  /// Folders that results lie in, from the cohort's.
  func places() throws -> [String] {
    Set(state[.done].compactMap { $0.result.map { $0.contains("/") ? parentFolder($0) : "" } })
      .sorted()
  }

  /// Cases for the page that have no segmentation, and why.
  func unfinished() -> [Cohort.Unfinished] {
    state.items.filter { $0.status != .done }.map { item in
      Cohort.Unfinished(
        name: item.name, status: item.status.rawValue,
        reason: item.failure.map { "error[\($0.code)]: \($0.message)" } ?? item.problem ?? "")
    }
  }

  /// The same later.
  func again() throws -> Gathering { try Gathering(folder, given, context) }
}
