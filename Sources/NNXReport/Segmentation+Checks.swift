import NNXImage
import NNXSystem

extension Segmentation {
  /// Checks that an image lies on the grid of this segmentation.
  ///
  /// - Throws: `geometry`.
  func checkGrid(of image: Image) throws(NNXError) {
    guard geometry.hasGrid(of: image.geometry) else {
      throw NNXError(
        .geometry, "image and segmentation lie on different grids",
        details: [
          "image: \(image.geometry.gridText)",
          "segmentation: \(geometry.gridText)",
        ],
        fixes: ["Give the image that the segmentation was made from (axes here are z, y, x)"])
    }
  }
}

extension Geometry {
  /// A line for a person where two files of one grid place it differently in the patient, whose voxels are
  /// compared in the order of the files all the same, as nnU-Net does; `nil` where they do not.
  ///
  /// - Parameter names: of both files.
  func misplacement(of other: Geometry, _ names: (String, String)) -> String? {
    guard !hasPlace(of: other) else { return nil }
    let distance =
      zip(corners, other.corners).map { own, others in
        zip(own, others).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
      }.max() ?? 0
    let far = distance < 10 ? "\((distance * 100).rounded() / 100)" : distance.wholeText
    return
      "\(names.0) and \(names.1) lie up to \(far) mm apart in the patient, or are turned; voxels are "
      + "paired in the order of the files"
  }
}

extension Segmentation {
  /// More labels than anatomy has names for: FreeSurfer's and TotalSegmentator's maps have below 300.
  private static let mostLabels = 500

  /// A question where a label map looks like an image; `nil` where it does not.
  ///
  /// The table has an entry for each label that occurs.
  func doubt(_ path: String) -> String? {
    guard table.entries.count > Segmentation.mostLabels else { return nil }
    return "\(lastComponent(path)) has \(table.entries.count) labels: is it a segmentation?"
  }
}
