import NNXDICOM
import NNXImage
import NNXModel
import NNXNetwork
import NNXSystem
import NNXTensor

/// Images and a model go in, a segmentation on the images' grid comes out.
///
/// Reads the channels of a case and checks them (`CaseImages`); has its stages run (`CaseRun`: each
/// preprocesses, slides the networks of all folds over the volume, brings the scores back to the image's
/// grid); writes (`CaseWriter`). Several members average their probabilities before the labels are decided
/// on, as `nnUNetv2_ensemble` does; a recipe has its own way from the images to the labels.
package struct Predictor {
  package struct Options: Sendable {
    package var window = SlidingWindow.Settings()
    /// Whether to write the probabilities of all labels beside the segmentation.
    package var savesProbabilities = false
    /// Whether to replace results that exist.
    package var overwrites = false
    /// Which weights: `final`, `best` or `latest`; `nil`: the first of these that there is.
    package var checkpoint: String?
    /// File or folder with the segmentations of a cascade's first stage; `nil`: predict them.
    package var previousStage: String?
    package var postprocessing = PostprocessingChoice.automatic
    package var uncertainty = UncertaintyChoice.none
    /// What is done all the same, with a warning.
    package var allowed: Set<Allowance> = []
    /// The order of the arrays that the model was made with, for DICOM.
    package var arrayOrder = SeriesReading.Order.dcm2niix
    /// Told of each image that a recipe prepares for networks, for checks; files are the teller's.
    package var prepared: (@Sendable (_ step: String, Image) throws -> Void)?
    /// For checks: where the two best scores lie so near to each other, the second best label is written.
    package var rivalWithin: Float?
    /// How a DICOM segmentation stores its labels.
    package var segKind = SEGKind.binary
    /// File or folder with the labels of former runs, by which a recipe names parts of the spine.
    package var localizer: String?
    /// Whether the probabilities of canal and cord are written, too, by a recipe that names parts of the spine.
    package var softMaps = false
    /// Whether a voxel for each disc is written, too, by such a recipe.
    package var spineLevels = false
    /// Whether each structure has a mask of its own, too.
    package var writesStructures = false
    /// Names, colours and codes for the segmentation's file; the model's names when empty.
    package var table = LabelTable()

    /// nnU-Net's own settings.
    package init() {}

    /// How DICOM is read.
    var series: SeriesReading {
      SeriesReading(
        arrayOrder,
        allowed: Set(allowed.compactMap { SliceStack.Allowance(rawValue: $0.rawValue) }))
    }
  }

  /// What a person may allow that is refused otherwise.
  package enum Allowance: String, CaseIterable, Sendable {
    /// Intensities that cannot be of the model's units.
    case units
    /// Voxels that are no numbers, with what nnU-Net's reader makes of them.
    case nonFinite = "non-finite"
    /// Slices of DICOM at different distances, with slices made at even ones.
    case uneven
    /// Slices of DICOM that lean, shifted upright.
    case tilt
    /// Slices of DICOM that name several frames of reference, taken for one.
    case frames
  }

  /// A configuration to run.
  package struct Choice {
    package var folder: ModelFolder
    package var entry: ModelFolder.Entry
    /// Names of the folds to average; all when `nil`.
    package var folds: [String]?
    /// Whether mirrored copies may be averaged; `Options.window` has the last word.
    package var mirroring: Bool
    /// Distance of tiles as a share of the patch, in place of that of `Options.window`.
    package var tileStep: Double?
    /// Which weights are taken where they are there and `Options` names none.
    package var checkpoint: String?

    package init(
      folder: ModelFolder, entry: ModelFolder.Entry, folds: [String]? = nil, mirroring: Bool = true,
      tileStep: Double? = nil, checkpoint: String? = nil
    ) {
      self.folder = folder
      self.entry = entry
      self.folds = folds
      self.mirroring = mirroring
      self.tileStep = tileStep
      self.checkpoint = checkpoint
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

  /// The configurations that give scores: one, or those of a mean or of a recipe's steps.
  let members: [Stage]
  /// What is done around the networks; `nil`: nnU-Net's own labels are written.
  package let recipe: Recipe?
  /// What is done to the labels, in this order.
  package let rules: [ComponentRule]
  let identity: OrderedJSON
  let options: Options
  let threads: Threads
  /// Files that are made of each result, and appear with it.
  let companions: [Companion]
  /// For recipes that name parts of the spine.
  let localizer: Localizer?
  /// Files of single structures, where they are asked for.
  let structures: [StructureFile]
  /// Names of the values that the segmentation may hold.
  let table: LabelTable

  /// - Parameters:
  ///   - choices: the configurations to average, at least one; with a recipe, those of its steps that
  ///     run a network, in their order.
  ///   - recipe: `nil` for nnU-Net's own labels.
  ///   - identity: what the run record says of the model.
  ///   - companions: files to make of each result.
  /// - Throws: `unknown-fold`, `unknown-checkpoint`; `unsupported-network` when the model can be installed
  ///   but not run; `previous-stage`; `no-postprocessing`; `different-labels`; `recipe-mismatch`;
  ///   `one-fold`.
  package init(
    _ choices: [Choice], recipe: Recipe? = nil, identity: OrderedJSON, options: Options,
    companions: [Companion] = [], threads: Threads
  ) throws(NNXError) {
    let isMean = choices.count > 1 && recipe == nil
    let recipe = recipe?.following(choices)
    let spacings = recipe?.spacings ?? []
    members = try choices.indices.map { (index) throws(NNXError) in
      try Stage(
        choices[index], options,
        Stage.Part(
          keepsImages: index < choices.count - 1, comparesFolds: options.uncertainty != .none,
          mean: !isMean ? .none : index == 0 ? .begins : .goesOn,
          spacing: index < spacings.count ? spacings[index] : nil))
    }
    if let recipe {
      precondition(options.uncertainty == .none, "a recipe's labels are not those of folds")
      try recipe.check(members)
      rules = []
    } else {
      try Ensemble.check(members.map(\.model))
      rules = try options.postprocessing.rules(for: choices)
    }
    try options.uncertainty.check(folds: members.reduce(0) { $0 + $1.folds.count })
    (self.recipe, self.identity, self.options) = (recipe, identity, options)
    (self.companions, self.threads) = (companions, threads)
    let names = options.table.isEmpty ? LabelTable(members[0].model.labels) : options.table
    table = recipe.map { names.covering($0.labels) } ?? names
    for (flag, isWanted) in [("--soft-maps", options.softMaps), ("--levels", options.spineLevels)] {
      guard !isWanted || recipe?.namesSpine == true else {
        throw NNXError(
          .usage, "\(flag): no recipe names a spine here",
          fixes: ["Leave it out: it is TotalSpineSeg's"])
      }
    }
    localizer = try options.localizer.map { (place) throws(NNXError) in try Localizer(place) }
    let derived = recipe.map { recipe in
      recipe.masks.filter { Set($0.labels).isSubset(of: recipe.labels) }.map(\.file)
    }
    structures = options.writesStructures ? StructureFile.all(of: table, and: derived ?? []) : []
  }

  /// The networks that run for each case, in their order: first stages of cascades before the second.
  var stages: [Stage] { members.flatMap(\.withPrevious) }
  /// The first of the configurations that give scores.
  package var model: ModelDescription { members[0].model }
  /// nnU-Net's reader of the images that the first configuration was trained on, if known.
  ///
  /// A recipe that prepares images reads them as they are.
  package var reader: ImageReader? {
    switch recipe?.reader {
    case .nibabel: recipe?.averages == true ? .nibabelMean : .nibabel
    case .itk: .simpleITK
    case nil: model.reader
    }
  }
  /// Of the first configuration.
  package var folds: [ModelFolder.Fold] { members[0].folds }
  /// Whether results of nnx that are there are made anew.
  package var replaces: Bool { options.overwrites }
  /// Names of all configurations that give scores.
  package var configurations: [String] { members.map(\.model.configuration) }
  /// Whether all patches of all cases go through the same network.
  var hasOneNetwork: Bool { stages.count == 1 && members[0].folds.count == 1 }

  /// Chooses the kernels for each network by what is known of them, and measures what is not known.
  ///
  /// - Parameters:
  ///   - replicas: see `Execution`.
  ///   - abreast: likewise.
  /// - Throws: what reading the weights throws; `missing-library`, `usage`.
  func execution(
    replicas: Int = 1, abreast: Int = 1, by checks: KernelCheckCache
  ) throws(NNXError) -> Execution {
    try Execution(of: stages, replicas: replicas, abreast: abreast, by: checks, threads: threads)
  }

  /// Predicts one case and writes its results.
  ///
  /// They appear under their names together when all are complete.
  ///
  /// - Parameters:
  ///   - item: the images of its channels, in the model's order.
  ///   - output: path of the segmentation.
  ///   - execution: how the networks run; `Forecast.execution` chooses it.
  ///   - claim: by which the case is worked on, where others may take it.
  /// - Throws: the case's own problem; `taken-over`; what `checkOutputs` throws, `output-exists`, what reading an image throws,
  ///   what `InputCheck.check` throws, `non-finite`, what companions throw, what writing throws.
  package func predict(
    _ item: Case, to output: String, _ execution: Execution, claim: HeldClaim? = nil,
    command: [String], progress: @escaping ProgressHandler
  ) throws -> Result {
    let work = try CaseUnderWay(
      self, item, to: output, execution, claim: claim, command: command, progress: progress)
    try work.runNetworks()
    return try work.end()
  }
}
