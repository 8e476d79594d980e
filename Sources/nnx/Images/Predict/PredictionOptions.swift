import ArgumentParser

/// Which networks run on which images, and how: what `predict` and `estimate` share.
struct PredictionOptions: ParsableArguments {
  @Argument(
    help: ArgumentHelp("Model and images, instead of -m and -i.", valueName: "word"),
    completion: .models)
  var words: [String] = []

  @Option(
    name: [.customShort("m"), .customLong("model")],
    help: ArgumentHelp(
      "Installed model; a,b are averaged, -m a -m b each give a result.", valueName: "name"),
    completion: .installedModels)
  var namedModels: [String] = []

  @Option(
    name: [.customShort("i"), .customLong("input")], parsing: .upToNextOption,
    help: ArgumentHelp(
      "Image, images of the channels in the model's order, folder, or table of cases.",
      valueName: "image"))
  var namedInput: [String] = []

  @Option(
    help: ArgumentHelp(
      "Which images of a BIDS tree, as suffix=T1w,ses=01; one for each channel.",
      valueName: "entities"))
  var bids: [String] = []

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "Configuration, such as 3d_fullres; several are averaged.", valueName: "name"))
  var configuration: String?

  @Option(
    help: ArgumentHelp(
      "Trainer, where a model has several of one configuration.", valueName: "name"))
  var trainer: String?

  @Option(
    help: ArgumentHelp(
      "Plans, where a model has several of one configuration.", valueName: "name"))
  var plans: String?

  @Option(help: ArgumentHelp("Folds to average, as in 0,2 (default: all).", valueName: "list"))
  var folds: String?

  @Option(help: ArgumentHelp("Which weights: final, best or latest.", valueName: "name"))
  var checkpoint: String?

  @Option(
    help: ArgumentHelp(
      "A cascade's first segmentation: file or folder (default: predict it).", valueName: "path"))
  var previousStage: String?

  @Flag(
    inversion: .prefixedNo,
    help: "Keep the components that nnU-Net keeps (default: as nnU-Net says).")
  var postprocess: Bool?

  @Flag(help: "Write nnU-Net's own labels, not those of the publisher's recipe.")
  var rawLabels = false

  @Flag(name: .customLong("no-tta"), help: "Do not average over mirrored copies.")
  var noMirroring = false

  @Option(
    help: ArgumentHelp(
      "Distance of tiles as a share of the patch, above 0 and up to 1.", valueName: "share"))
  var stepSize = 0.5

  @OptionGroup var publisher: PublisherOptions
  @OptionGroup var threading: ThreadOption

  func validate() throws {
    guard stepSize > 0, stepSize <= 1 else {
      throw ValidationError("--step-size must be above 0 and at most 1")
    }
  }

  /// Flags in use that are about nnU-Net's own labels.
  var rawSettings: [String] {
    [
      configuration == nil ? nil : "--configuration", trainer == nil ? nil : "--trainer",
      plans == nil ? nil : "--plans",
      previousStage == nil ? nil : "--previous-stage",
      postprocess.map { $0 ? "--postprocess" : "--no-postprocess" },
    ].compactMap(\.self)
  }
}
