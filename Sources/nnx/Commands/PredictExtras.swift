import ArgumentParser
import NNXPredict
import NNXReport
import NNXSystem

/// What `nnx predict` writes beside a segmentation on request.
struct PredictExtras: ParsableArguments {
  @Flag(help: "Write numbers of each label, too (NAME.stats.json).")
  var stats = false

  @Flag(help: "Write a picture to check by, too (NAME.preview.png).")
  var preview = false

  @Option(
    defaultAsFlag: "",
    help: ArgumentHelp(
      "Map where folds disagree, too (default: NAME.uncertainty.nii.gz).", valueName: "file"))
  var uncertainty: String?

  var uncertaintyChoice: UncertaintyChoice {
    guard let uncertainty else { return .none }
    return uncertainty.isEmpty ? .beside : .file(uncertainty)
  }

  /// - Throws: `usage` when one file is named for the maps of several cases.
  func check(cases: Int) throws(NNXError) {
    guard case .file(let path) = uncertaintyChoice, cases > 1 else { return }
    throw NNXError(
      .usage, "the maps of \(cases) cases cannot all be \(path)",
      fixes: ["Give --uncertainty without a name: each lies beside its segmentation"])
  }

  /// Makes the files of one case.
  ///
  /// - Parameter image: the first channel.
  /// - Returns: the paths written.
  func write(_ segmentation: String, image: String) throws -> [String] {
    var written: [String] = []
    if stats {
      let path = OutputPaths.sibling(of: segmentation, ending: ".stats.json")
      let result = try Measurement(segmentation: segmentation, image: image)
      try put(Array((result.json.text(pretty: true) + "\n").utf8), to: path)
      written.append(path)
    }
    if preview {
      let path = OutputPaths.sibling(of: segmentation, ending: ".preview.png")
      let picture = try previewPicture(
        image: image, segmentation: segmentation, options: .init())
      try put(picture.png, to: path)
      written.append(path)
    }
    return written
  }

  private func put(_ bytes: [UInt8], to path: String) throws {
    let file = try AtomicFile(path)
    try file.write(bytes)
    try file.commit()
  }
}
