import NNXImage
import NNXModel
import NNXSystem
import NNXTensor

/// Segmentations of a cascade's first stage that someone made before.
struct PreviousFiles {
  private let place: String
  private let isFolder: Bool
  private let model: ModelDescription

  /// - Parameter place: a file for one case, or a folder with a file `<case>.nii.gz` for each.
  /// - Throws: `file-not-found`.
  init(_ place: String, _ model: ModelDescription) throws(NNXError) {
    guard let isFolder = Folder.isFolder(place) else {
      throw NNXError(
        .fileNotFound, "there is nothing at \(place)",
        fixes: ["Check the path given with --previous-stage"])
    }
    self.place = place
    self.isFolder = isFolder
    self.model = model
  }

  /// The file of a case.
  ///
  /// - Throws: `file-not-found`.
  func path(of item: Case) throws(NNXError) -> String {
    guard isFolder else { return place }
    let endings = [model.fileEnding] + ImageFormat.allEndings
    for ending in endings where Folder.isFolder("\(place)/\(item.name)\(ending)") == false {
      return "\(place)/\(item.name)\(ending)"
    }
    throw NNXError(
      .fileNotFound, "\(place) has no segmentation of \(item.name)",
      details: ["It should be called \(item.name)\(model.fileEnding)."])
  }

  /// The labels of a case.
  ///
  /// - Throws: `geometry` when they do not lie on the image's grid, or in its place; what reading throws.
  func labels(_ item: Case, like image: Image) throws(NNXError) -> LabelMap {
    let path = try path(of: item)
    let segmentation = try readLabels(path, as: model.reader)
    guard segmentation.geometry.hasGrid(of: image.geometry) else {
      throw NNXError(
        .geometry, "\(path) does not lie on the grid of \(item.images[0])",
        details: [
          "\(path): \(segmentation.geometry.gridText)",
          "\(item.images[0]): \(image.geometry.gridText)",
        ],
        fixes: [
          "Give the segmentation of this image by \(model.previousStage ?? "the stage before")"
        ])
    }
    guard segmentation.geometry.hasPlace(of: image.geometry) else {
      throw NNXError(
        .geometry,
        "\(path) lies in another place of the patient than \(item.images[0]), or is turned",
        fixes: [
          "Give the segmentation of this image by \(model.previousStage ?? "the stage before")"
        ])
    }
    return segmentation.labels
  }
}

extension Predictor {
  /// Checks that one file is not taken as the first stage's segmentation of several patients.
  ///
  /// - Parameter place: as `Options.previousStage`.
  /// - Throws: `usage`.
  package static func checkPreviousStage(_ place: String?, _ cases: [Case]) throws(NNXError) {
    guard let place, cases.count > 1, Folder.isFolder(place) == false else { return }
    throw NNXError(
      .usage, "\(place) is the segmentation of one case, and there are \(cases.count)",
      fixes: ["Give a folder with one for each case: --previous-stage FOLDER"])
  }
}
