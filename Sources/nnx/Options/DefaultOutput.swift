import NNXImage
import NNXPredict
import NNXSystem

/// Where results go when `-o` is left out: into the folder that one stands in.
enum DefaultOutput {
  /// `scan_seg.nii.gz` for an image, `scans_seg/` for a folder, and for a table of cases.
  ///
  /// - Parameter ending: of the files; `nil`: that of their images.
  /// - Throws: `usage` for several images that are no folder.
  static func path(
    for cases: [Case], inputs: [String], ending: String? = nil
  ) throws(NNXError) -> String {
    if inputs.count == 1, Folder.isFolder(inputs[0]) == true, cases.count != 1 || !cases[0].isSeries
    {
      let name = Folder.absolute(inputs[0]).split(separator: "/").last.map(String.init)
      return (name ?? "images") + "_seg/"
    }
    if inputs.count == 1, CaseTable.isOne(inputs[0]) {
      return "\(lastComponent(inputs[0]).dropLast(4))_seg/"
    }
    guard cases.count == 1, let item = cases.first else {
      throw NNXError(
        .usage, "nothing says where the results of \(cases.count) images go",
        fixes: ["Name a folder for them: -o segmentations/"])
    }
    return item.name + "_seg" + (ending ?? ImageFormat.writtenEnding(forImage: item.images[0]))
  }
}
