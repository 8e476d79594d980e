import NNXImage
import NNXModel
import NNXNetwork
import NNXSystem
import NNXTensor

/// Images and a model go in, a segmentation on the images' grid comes out.
///
/// The walk of one case: read the channels, check them, preprocess, slide the networks of all folds
/// over the volume, bring the logits back to the image's grid and decide on labels, write. Several
/// members average their probabilities before the decision, as `nnUNetv2_ensemble` does; a recipe has
/// its own way from the images to the labels.
package final class Predictor {
  package struct Options: Equatable, Sendable {
    package var window: SlidingWindow.Settings
    /// Whether to write the probabilities of all labels beside the segmentation.
    package var savesProbabilities: Bool
    /// Whether to replace results that exist.
    package var overwrites: Bool
    /// Which weights: `final`, `best` or `latest`; `nil`: the first of these that there is.
    package var checkpoint: String?
    /// File or folder with the segmentations of a cascade's first stage; `nil`: predict them.
    package var previousStage: String?
    package var postprocessing: PostprocessingChoice
    package var uncertainty = UncertaintyChoice.none
    /// What is done all the same, with a warning.
    package var allowed: Set<Allowance> = []
    /// Names, colours and codes for the segmentation's file; the model's names when empty.
    package var table = LabelTable()

    package init(
      window: SlidingWindow.Settings = .init(), savesProbabilities: Bool = false,
      overwrites: Bool = false, checkpoint: String? = nil, previousStage: String? = nil,
      postprocessing: PostprocessingChoice = .automatic
    ) {
      self.window = window
      self.savesProbabilities = savesProbabilities
      self.overwrites = overwrites
      self.checkpoint = checkpoint
      self.previousStage = previousStage
      self.postprocessing = postprocessing
    }
  }

  /// What a person may allow that is refused otherwise.
  package enum Allowance: String, CaseIterable, Sendable {
    /// Intensities that cannot be of the model's units.
    case units
    /// Voxels that are no numbers, with what nnU-Net's reader makes of them.
    case nonFinite = "non-finite"
  }

  /// A configuration to run.
  package struct Choice {
    package var folder: ModelFolder
    package var entry: ModelFolder.Entry
    /// Names of the folds to average; all when `nil`.
    package var folds: [String]?
    /// Whether mirrored copies may be averaged; `Options.window` has the last word.
    package var mirroring: Bool

    package init(
      folder: ModelFolder, entry: ModelFolder.Entry, folds: [String]? = nil, mirroring: Bool = true
    ) {
      self.folder = folder
      self.entry = entry
      self.folds = folds
      self.mirroring = mirroring
    }
  }

  /// What became of one case.
  package struct Result: Sendable {
    package var segmentation: String { files.segmentation }
    package var record: String { files.record }
    package var labels: [LabelVolume]
    package var seconds: Double
    package var warnings: [String]
    /// All files that were written.
    package var files: CaseFiles
    /// Path of the map of where folds disagree.
    package var uncertainty: String? { files[.uncertainty] }
  }

  /// The first of the configurations that are run.
  package var model: ModelDescription { members[0].model }
  /// nnU-Net's reader of the images that the first configuration was trained on, if known.
  package var reader: ImageReader? { model.reader }
  /// Of the first configuration.
  package var folds: [ModelFolder.Fold] { members[0].stage.folds }
  /// Names of all configurations that are run.
  package var configurations: [String] { members.map(\.model.configuration) }
  /// What is done to the labels, in this order.
  package let rules: [ComponentRule]
  /// What is done around the networks; `nil`: nnU-Net's own labels are written.
  package var recipe: Recipe? { recipeRun?.recipe }
  private let recipeRun: RecipeRun?
  let members: [Member]
  let identity: OrderedJSON
  let options: Options
  private let threads: Threads
  /// Files that are made of each result, and appear with it.
  package var companions: [Companion] = []

  /// - Parameters:
  ///   - choices: the configurations to average, at least one; with a recipe, those of its steps that
  ///     run a network, in their order.
  ///   - recipe: `nil` for nnU-Net's own labels.
  ///   - identity: what the run record says of the model.
  /// - Throws: `unknown-fold`, `unknown-checkpoint`; `unsupported-network` when the model can be installed
  ///   but not run; `previous-stage`; `no-postprocessing`; `different-labels`; `recipe-mismatch`;
  ///   `one-fold`.
  package init(
    _ choices: [Choice], recipe: Recipe? = nil, identity: OrderedJSON, options: Options,
    threads: Threads
  ) throws(NNXError) {
    var members: [Member] = []
    for choice in choices {
      var window = options.window
      window.mirroring = window.mirroring && choice.mirroring
      members.append(
        try Member(
          folder: choice.folder, entry: choice.entry, folds: choice.folds,
          checkpoint: options.checkpoint, previousFiles: options.previousStage,
          window: window, threads: threads))
    }
    if let recipe {
      precondition(options.uncertainty == .none, "a recipe's labels are not those of folds")
      recipeRun = try RecipeRun(recipe, members)
      rules = []
    } else {
      try Ensemble.check(members.map(\.model))
      recipeRun = nil
      rules = try options.postprocessing.rules(for: choices)
    }
    try options.uncertainty.check(folds: members.reduce(0) { $0 + $1.stage.folds.count })
    self.members = members
    self.identity = identity
    self.options = options
    self.threads = threads
    for stage in members.flatMap({ [$0.firstStage, $0.stage] }) {
      stage?.choices.allowsNonFinite = options.allowed.contains(.nonFinite)
    }
  }

  /// Chooses the kernels for each network by what is known of them, and measures what is not known; without
  /// this the fast ones are trusted.
  ///
  /// - Throws: what reading the weights throws; `missing-library`, `usage`.
  package func chooseKernels(by checks: KernelChecks) throws(NNXError) {
    for member in members { try member.chooseKernels(by: checks) }
  }

  /// How many networks run patches at the same time; at least 1. Changes time and memory, and no byte of any
  /// result. See `Estimate.replicas`.
  package var replicas: Int {
    get { members[0].stage.choices.replicas }
    set {
      for stage in members.flatMap({ [$0.firstStage, $0.stage] }) {
        stage?.choices.replicas = newValue
      }
    }
  }

  /// One configuration; see `init(_:identity:options:threads:)`.
  package convenience init(
    folder: ModelFolder, entry: ModelFolder.Entry, folds: [String]?, identity: OrderedJSON,
    options: Options, threads: Threads
  ) throws(NNXError) {
    try self.init(
      [Choice(folder: folder, entry: entry, folds: folds)], identity: identity, options: options,
      threads: threads)
  }

  /// Predicts one case and writes its results.
  ///
  /// They appear under their names together when all are complete.
  ///
  /// - Parameters:
  ///   - item: the images of its channels, in the model's order.
  ///   - output: path of the segmentation.
  /// - Throws: the case's own problem; what `checkOutputs` throws, `output-exists`, what reading an image throws,
  ///   what `InputCheck.check` throws, `non-finite`, what companions throw, what writing throws.
  package func predict(
    _ item: Case, to output: String, command: [String], progress: ProgressHandler
  ) throws -> Result {
    if let problem = item.problem { throw problem }
    let files = files(of: item, to: output)
    try checkOutputs([item], [files])
    try OutputPlan.checkExisting(files.outputs, overwrites: options.overwrites)
    var watch = Stopwatch()
    var record = RunRecord(
      model: identity, command: command, started: ProcessFacts.timestamp,
      host: ProcessFacts.hostName)

    var images = try read(item, progress)
    record.warnings = try InputCheck.check(images, item, model, allowed: options.allowed)
    record.warnings += members.flatMap(\.kernelWarnings)
    for path in [output, files[.uncertainty]].compactMap(\.self) {
      try checkTarget(path, like: images[0])
    }
    let geometries = images.map(\.fileGeometry)
    let (header, turn) = (images[0].header, images[0].turn)
    watch.lap("read")

    let votes = files[.uncertainty] == nil ? nil : FoldDisagreement(threads: threads)
    let outcome = try decide(&images, item, votes, watch: &watch, progress)
    outcome.labels.apply(rules, spacing: geometries[0].spacing)
    let labels = turn?.undo(outcome.labels) ?? outcome.labels
    watch.lap("export")

    record.labels = LabelVolume.measure(labels, table, geometries[0])
    record.table = table
    if let votes {
      let agreement = votes.agreement(of: record.labels.map(\.structure.values))
      for index in agreement.indices { record.labels[index].agreement = agreement[index] }
    }
    record.spacing = geometries[0].spacing
    var writer = CaseWriter(files, replaces: options.overwrites)
    try writer.write(.spacing) { try SpacingFile.write(geometries[0].spacing, to: $0) }
    try writer.write(.segmentation) { path in
      var segmentation = Segmentation(labels: labels, geometry: geometries[0], header: header)
      segmentation.table = table
      try writeSegmentation(segmentation, to: path)
    }
    try writer.write(.probabilities, outcome.writeProbabilities)
    try writer.write(.uncertainty) { path in
      guard let votes else { return }
      let disagreement = votes.disagreement()
      let map = Segmentation(
        labels: turn?.undo(disagreement) ?? disagreement, geometry: geometries[0], header: header)
      try writeSegmentation(
        map, to: path, description: "nnx: percent of pairs of folds that disagree")
    }
    if let votes, let path = files[.uncertainty] {
      record.uncertainty = [
        "path": .string(path), "sha256": writer.digest(.uncertainty), "folds": .int(votes.count),
        "values": "percent of the pairs of folds that give different labels",
      ]
    }
    record.output = ["path": .string(output), "sha256": writer.digest(.segmentation)]
    try writer.draft(record)
    let staged = writer.path(.segmentation)
    for companion in companions {
      try writer.write(companion.kind) { path in
        let bytes = try Remarks.quietly {
          try companion.make(staged, Companion.Facts(case: item, segmentation: output))
        }
        let file = try AtomicFile(path)
        try file.write(bytes)
        try file.commit()
      }
    }
    watch.lap("write")

    // A picture in colour holds several channels.
    let isOneEach = item.images.count == geometries.count
    record.inputs = try item.images.indices.map { (index) throws(NNXError) in
      try inputRecord(
        item.images[index], geometries[index],
        channel: isOneEach ? model.channels[index] : model.channels.joined(separator: ", "))
    }
    record.settings = settings(item)
    record.timings = watch.laps
    record.kernels = try Kernels.chosen().name
    record.peakMemory = ProcessFacts.peakMemory
    try writer.finish(record)
    return Result(
      labels: record.labels, seconds: watch.total, warnings: record.warnings, files: files)
  }

  /// Names of the values that the segmentation may hold.
  private var table: LabelTable {
    let table = options.table.isEmpty ? LabelTable(model.labels) : options.table
    return recipe.map { table.covering($0.labels) } ?? table
  }

  /// The channels of a case, read as the model's training read them.
  private func read(_ item: Case, _ progress: ProgressHandler) throws -> [Image] {
    var images: [Image] = []
    for (index, path) in item.images.enumerated() {
      progress(ProgressEvent(.read, path, index, of: item.images.count, .files))
      try InputCheck.checkKind(path, reader)
      images += try readImages(
        path, as: reader, nonFinite: options.allowed.contains(.nonFinite) ? .asTheReader : .kept)
    }
    progress(ProgressEvent(.read, item.name, item.images.count, of: item.images.count, .files))
    try InputCheck.checkCount(images, item, model)
    return images
  }

  /// Labels of a case, and a way to write its probabilities after them.
  private typealias Outcome = (labels: LabelMap, writeProbabilities: (String) throws -> Void)

  /// - Parameters:
  ///   - images: emptied as soon as their voxels are not needed any more, of which there may be gigabytes.
  ///   - votes: is given the labels of each fold of each member.
  private func decide(
    _ images: inout [Image], _ item: Case, _ votes: FoldDisagreement?,
    watch: inout Stopwatch, _ progress: ProgressHandler
  ) throws -> Outcome {
    if let recipeRun {
      let labels = try recipeRun.labels(&images, item, lap: { watch.lap($0) }, progress)
      return (labels, { _ in })
    }
    var mean: Tensor?
    for (index, member) in members.enumerated() {
      let previous = try member.previousLabels(images, item, progress)
      if previous != nil { watch.lap("previous stage") }
      let prepared = try member.stage.prepare(images, previous: previous, progress)
      if index == members.count - 1 { images = [] }
      watch.lap("preprocess")
      let export = LabelExport(member.model, properties: prepared.properties, threads: threads)
      let takesVote = votes.map { votes in
        { (scores: Tensor) in votes.add(try export.labels(from: scores, progress: { _ in })) }
      }
      let scores = try member.stage.scores(prepared, onFold: takesVote, progress)
      watch.lap("predict")
      if members.count == 1 {
        let labels = try export.labels(from: scores, progress: progress)
        return (labels, { try export.writeProbabilities(scores, to: $0) })
      }
      if let mean {
        try export.addProbabilities(of: scores, to: mean)
      } else {
        mean = try export.probabilities(from: scores)
      }
      watch.lap("export")
    }
    guard let mean else { preconditionFailure("no member") }
    Ensemble.divide(mean, by: members.count, threads: threads)
    let labels = LabelMap(
      probabilities: mean, regionsClassOrder: model.labels.regionsClassOrder, threads: threads)
    return (labels, { [threads] in try writeNPZ(mean, to: $0, threads: threads) })
  }

  /// What may change a voxel of a case, and the number of threads, which does not.
  func settings(_ item: Case) -> OrderedJSON {
    var fields = members[0].record(item).members ?? []
    if let recipeRun {
      fields = recipeRun.record(item).members ?? []
    } else if members.count > 1 {
      fields = [.init("ensemble", .array(members.map { $0.record(item) }))]
    }
    if recipeRun == nil { fields.append(.init("recipe", .null)) }
    fields += [
      .init("tileStep", .double(options.window.tileStep)),
      .init("postprocessing", .array(rules.map(\.json))),
      .init("regionsClassOrder", model.labels.regionsClassOrder.map { OrderedJSON($0) } ?? .null),
      .init("imageReader", OrderedJSON(model.imageReader)),
      .init("allowed", OrderedJSON(options.allowed.map(\.rawValue).sorted())),
      .init("threads", .int(threads.count)),
    ]
    return .object(fields)
  }

  private func inputRecord(
    _ path: String, _ geometry: Geometry, channel: String
  ) throws(NNXError) -> OrderedJSON {
    let further = try furtherFiles(ofImage: path).map { (file) throws(NNXError) -> OrderedJSON in
      ["path": .string(file), "sha256": .string(try Digest.ofFile(file, .sha256))]
    }
    return [
      "path": .string(path), "channel": .string(channel),
      "sha256": .string(try Digest.ofFile(path, .sha256)), "files": .array(further),
      "shape": OrderedJSON(geometry.shape), "spacing": OrderedJSON(geometry.spacing),
    ]
  }
}

/// Seconds spent in each stage of one case.
private struct Stopwatch {
  private(set) var laps: [(stage: String, seconds: Double)] = []
  private let start = ProcessFacts.monotonicSeconds
  private var last = ProcessFacts.monotonicSeconds

  mutating func lap(_ stage: String) {
    let now = ProcessFacts.monotonicSeconds
    defer { last = now }
    guard let index = laps.firstIndex(where: { $0.stage == stage }) else {
      return laps.append((stage, now - last))
    }
    laps[index].seconds += now - last
  }

  var total: Double { ProcessFacts.monotonicSeconds - start }
}
