import NNXImage
import NNXModel
import NNXSystem
import NNXTensor

/// The prediction of one case in three parts, one after the other: what comes before its networks, the networks,
/// and what comes after them.
///
/// The parts may run on different threads, one at a time.
final class CaseUnderWay: @unchecked Sendable {
  private let predictor: Predictor
  private let item: Case
  private let output: String
  private let tools: RunTools
  private var writer: CaseWriter
  private var record: RunRecord
  private var images: CaseImages
  private var run: CaseRun
  private var outcome: (() throws -> CaseRun.Outcome)?
  private var options: Predictor.Options { predictor.options }

  /// Reads and checks the images, and prepares them as far as no network is needed for that.
  ///
  /// - Parameters:
  ///   - share: what it may use; `nil`: all threads.
  /// - Throws: as `Predictor.predict`.
  init(
    _ predictor: Predictor, _ item: Case, to output: String, _ execution: Execution,
    claim: HeldClaim? = nil, command: [String], share: CaseShare? = nil,
    progress: @escaping ProgressHandler
  ) throws {
    if let problem = item.problem { throw problem }
    (self.predictor, self.item, self.output) = (predictor, item, output)
    let options = predictor.options
    let files = predictor.files(of: item, to: output)
    try predictor.checkOutputs([item], [files])
    writer = try CaseWriter(files, overwrites: options.overwrites, claim: claim)
    let share = share ?? .all(predictor.threads)
    // A shelf may have the networks.
    let weights = share.shelf == nil ? predictor.stages.first.flatMap { WeightsAhead($0) } : nil
    let watch = Stopwatch()
    record = RunRecord(
      model: predictor.identity, command: command, started: ProcessFacts.timestamp,
      host: ProcessFacts.hostName)
    images = try CaseImages(
      item, for: predictor.model, as: predictor.reader,
      keepsExact: predictor.recipe?.reader != nil, series: options.series,
      allowed: options.allowed, targets: [output, files[.uncertainty]].compactMap(\.self), progress)
    record.warnings = images.warnings + execution.warnings(predictor.stages)
    watch.lap("read")
    var tools = RunTools(
      threads: share.threads, besides: share.besides, execution: execution,
      allowsNonFinite: options.allowed.contains(.nonFinite), watch: watch, progress: progress,
      prepared: options.prepared, rivalWithin: options.rivalWithin,
      shelf: predictor.hasOneNetwork ? share.shelf : nil)
    tools.weights = weights
    tools.softMaps = options.softMaps
    tools.spineLevels = options.spineLevels
    if let path = try predictor.localizer?.path(of: item) {
      let threads = tools.besides
      tools.localizer = { try spineLocalizer(path, on: $0, threads: threads) }
    }
    self.tools = tools
    run = CaseRun(item, images.take(), predictor.members, tools)
    // A recipe prepares images in ways of its own.
    if predictor.recipe == nil { try run.prepare() }
  }

  /// Runs the stages on the images, of which only the geometry is left.
  ///
  /// - Throws: as `Predictor.predict`.
  func runNetworks() throws {
    tools.watch.resume()
    if let recipe = predictor.recipe {
      let made = try recipe.outcome(&run)
      outcome = { made }
    } else {
      outcome = try run.outcome()
    }
  }

  /// Brings the scores to the images' grid, and writes all files.
  ///
  /// - Throws: as `Predictor.predict`.
  func end() throws -> Predictor.Result {
    let watch = tools.watch
    watch.resume()
    guard let outcome = try outcome?() else { preconditionFailure("no network has run") }
    self.outcome = nil
    outcome.labels.apply(predictor.rules, spacing: images.geometry.spacing)
    var segmentation = images.segmentation(outcome.labels)
    segmentation.table = predictor.table
    segmentation.form = Segmentation.Form(predictor.recipe)
    segmentation.hasFreshHeader = outcome.isEmpty
    segmentation.origin = predictor.origin(of: item)
    watch.lap("export")

    try write(segmentation, outcome)
    watch.lap("write")

    record.inputs = try images.record()
    record.settings = predictor.settings(item, to: output)
    record.timings = watch.laps
    record.kernels = try Kernels.chosen().name
    record.peakMemory = ProcessFacts.peakMemory
    try writer.finish(record)
    return Predictor.Result(
      labels: record.labels, seconds: watch.total, warnings: record.warnings, files: writer.files)
  }

  /// Writes all files of a case but its record, and notes there what was written.
  private func write(_ segmentation: Segmentation, _ outcome: CaseRun.Outcome) throws {
    record.describe(segmentation)
    if let votes = outcome.votes {
      let agreement = votes.agreement(of: record.labels.map(\.structure.values))
      for index in agreement.indices { record.labels[index].agreement = agreement[index] }
    }
    record.spacing = segmentation.geometry.spacing
    try writer.write(.spacing) { try SpacingFile.write(segmentation.geometry.spacing, to: $0) }
    try writer.write(.segmentation) { try writeSegmentation(segmentation, to: $0) }
    for (file, path) in zip(predictor.structures, writer.files.masks) {
      try writer.write(at: path) {
        try writeSegmentation(predictor.mask(of: file, in: segmentation, item), to: $0)
      }
    }
    for (kind, map) in outcome.soft {
      try writer.write(kind) { try writeSoftMap(map, like: images.geometry, images.header, to: $0) }
    }
    if let (levels, missing) = outcome.levels {
      record.warnings += missing.map { disc in
        "levels: \(predictor.table.name(of: disc)) was not found, so that levels below it have the number of the "
          + "disc above theirs, as TotalSpineSeg gives them"
      }
      var points = images.segmentation(levels)
      points.form = segmentation.form
      try writer.write(.levels) { try writeSegmentation(points, to: $0) }
    }
    try writer.write(.probabilities, outcome.writeProbabilities)
    if let votes = outcome.votes {
      try writer.write(.uncertainty) { path in
        try writeSegmentation(
          images.segmentation(votes.disagreement()), to: path,
          description: "nnx: percent of pairs of folds that disagree")
      }
      record.uncertainty = .object(
        writer.entry(.uncertainty) + [
          .init("folds", .int(votes.count)),
          .init("values", "percent of the pairs of folds that give different labels"),
        ])
    }
    record.output = .object(writer.entry(.segmentation))
    try writer.draft(record)
    let staged = writer.path(.segmentation)
    let facts = Companion.Facts(
      case: item, segmentation: writer.files.segmentation, series: options.series)
    for companion in predictor.companions {
      try writer.write(companion.kind) { path in
        try AtomicFile.write(Remarks.quietly { try companion.make(staged, facts) }, to: path)
      }
    }
  }
}
