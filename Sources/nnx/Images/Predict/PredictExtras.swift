import ArgumentParser
import NNXImage
import NNXModel
import NNXPredict
import NNXReport
import NNXSystem

/// What `nnx predict` writes beside a segmentation on request.
struct PredictExtras: ParsableArguments {
  @Flag(help: "Write numbers of each label, too (NAME.stats.json; nnx-stats.csv for a folder).")
  var stats = false

  @Flag(help: "Write TotalSegmentator's numbers, too (NAME.statistics.json).")
  var statistics = false

  @Flag(help: "Write a picture to check by, too (NAME.preview.png).")
  var preview = false

  @Flag(
    name: [.customLong("masked-image")], inversion: .prefixedNo,
    help: "The image inside of the labels, too (NAME.masked.nii.gz; default: as the publisher).")
  var maskedImage: Bool?

  @Flag(
    help:
      "Probabilities of canal and cord, too (NAME.canal.nii.gz, NAME.cord.nii.gz; TotalSpineSeg).")
  var softMaps = false

  @Flag(help: "A voxel for each disc, too (NAME.levels.nii.gz; TotalSpineSeg).")
  var levels = false

  @Flag(help: "A mask of each structure, too (NAME.structures/LIVER.nii.gz).")
  var oneFileEach = false

  @Option(
    defaultAsFlag: "",
    help: ArgumentHelp(
      "Map where folds disagree, too (default: NAME.uncertainty.nii.gz).", valueName: "file"))
  var uncertainty: String?

  @Option(
    help: ArgumentHelp(
      "Folder for the images that a recipe prepares, as NumPy files: for checks.",
      valueName: "folder",
      visibility: .hidden))
  var prepared: String?

  @Option(
    name: .customLong("rival-within"),
    help: ArgumentHelp(
      "Write the second best label where the best score is this near: for checks.",
      valueName: "score", visibility: .hidden))
  var rivalWithin: Float?

  @Option(
    help: ArgumentHelp(
      "dicom writes DICOM segmentations where -o names no file (default: as the image).",
      valueName: "format"))
  var format: ResultFormat = .image

  @Option(
    name: .customLong("seg-type"),
    help: ArgumentHelp(
      "How a DICOM segmentation is written: binary or labelmap.", valueName: "type"))
  var segKind: SEGKind = .binary

  enum ResultFormat: String, CaseIterable, ExpressibleByArgument {
    case image, dicom
  }

  /// Of the names of results; `nil`: that of their images.
  var ending: String? { format == .dicom ? ".dcm" : nil }

  func preparedFiles() throws(NNXError) -> PreparedFiles? {
    guard let prepared else { return nil }
    return try PreparedFiles(prepared)
  }

  /// Flags in use that are about nnU-Net's own labels.
  func rawSettings(_ savesProbabilities: Bool) -> [String] {
    [
      savesProbabilities ? "--save-probabilities" : nil,
      uncertainty == nil ? nil : "--uncertainty",
    ].compactMap(\.self)
  }

  var uncertaintyChoice: UncertaintyChoice {
    guard let uncertainty else { return .none }
    return uncertainty.isEmpty ? .beside : .file(uncertainty)
  }

  func validate() throws {
    // The parser takes `--uncertainty=FILE` for the flag alone.
    if CommandLine.arguments.contains(where: { $0.hasPrefix("--uncertainty=") }) {
      throw ValidationError("write --uncertainty FILE, with a space between them")
    }
  }

  /// Sets what is written beside the segmentation, and how that is.
  func configure(_ options: inout Predictor.Options) {
    options.uncertainty = uncertaintyChoice
    options.segKind = segKind
    options.rivalWithin = rivalWithin
    options.writesStructures = oneFileEach
    options.softMaps = softMaps
    options.spineLevels = levels
  }

  /// - Parameter publisher: what of the publisher's recipe is wanted.
  /// - Throws: `usage` where numbers or names would be others than the publisher's.
  func check(_ publisher: PublisherOptions) throws(NNXError) {
    guard !oneFileEach || !publisher.v1Order else {
      throw NNXError(
        .usage, "--one-file-each and --v1-order: files have names, and no order",
        fixes: ["Leave out one of the two"])
    }
    guard statistics, publisher.parts.fast else { return }
    throw NNXError(
      .usage, "--statistics and --fast: TotalSegmentator measures on its grid of 3 mm then",
      details: ["nnx measures on the image's grid, and the numbers would be others."],
      fixes: ["Leave out --fast", "Or take nnx's own numbers: --stats"])
  }

  /// - Throws: `usage` where results are DICOM segmentations, which have segments.
  func check(_ targets: OutputPaths) throws(NNXError) {
    guard oneFileEach, targets.segmentations.contains(where: SEGOrigin.isTarget) else { return }
    throw NNXError(
      .usage, "--one-file-each: a DICOM segmentation has a segment for each structure",
      fixes: ["Leave out --one-file-each", "Or write NIfTI: -o NAME.nii.gz, or --format image"])
  }

  /// - Throws: `usage` when one file is named for the maps of several cases.
  func check(cases: Int) throws(NNXError) {
    guard case .file(let path) = uncertaintyChoice, cases > 1 else { return }
    throw NNXError(
      .usage, "the maps of \(cases) cases cannot all be \(path)",
      fixes: ["Give --uncertainty without a name: each lies beside its segmentation"])
  }

  /// What is made of each segmentation, with the image of the first channel.
  ///
  /// - Parameters:
  ///   - recipe: that is followed.
  ///   - table: names of the labels.
  func companions(_ recipe: Recipe?, _ table: LabelTable) -> [Companion] {
    var companions: [Companion] = []
    if stats {
      companions.append(
        Companion(.stats) { segmentation, facts in
          var result = try Measurement(
            segmentation: segmentation, image: facts.case.images[0], series: facts.series)
          result.segmentation = facts.segmentation
          return Array((result.json.marked("nnx.stats/1").text(pretty: true) + "\n").utf8)
        })
    }
    if statistics {
      let names = table.entries.map { ($0.value, $0.name) }
      companions.append(
        Companion(.statistics) { segmentation, facts in
          let numbers = try PublisherStatistics(
            segmentation: segmentation, image: facts.case.images[0], names: names)
          return Array(numbers.text.utf8)
        })
    }
    if preview {
      companions.append(
        Companion(.preview) { segmentation, facts in
          let picture = try previewPicture(
            image: facts.case.images[0], segmentation: segmentation, options: .init(),
            series: facts.series)
          return markedPNG(picture.png)
        })
    }
    if maskedImage ?? recipe?.masksImage ?? false {
      companions.append(
        Companion(.masked) { segmentation, facts in
          try NNXImage.maskedImage(facts.case.images[0], by: segmentation)
        })
    }
    return companions
  }
}
