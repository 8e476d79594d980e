import NNXImage
import NNXSystem

/// Where the results of a run go.
package struct OutputPaths: Equatable, Sendable {
  /// Path of the segmentation of each case, in the order of the cases.
  package let segmentations: [String]
  /// The folder of several cases, or of the cases of a folder; `nil` for one file, wherever it lies.
  package let folder: String?

  /// Decides between one file and a folder.
  ///
  /// One case given as files goes to the file `output` names, and a folder of slices, unless the name has no ending;
  /// several cases, a folder of cases as input, an existing folder or a trailing slash make `output` a folder, with one file for each case inside,
  /// of the kind of its first image, in folders of its own where its name says so.
  ///
  /// - Parameter ending: of files in a folder; `nil`: that of their images.
  /// - Throws: `usage` when a file name is given that nnx cannot write.
  package init(
    _ output: String, cases: [Case], inputs: [String], ending: String? = nil
  ) throws(NNXError) {
    try StandardStream.output.refuse(output)
    let isCohort =
      cases.count != 1 || inputs.contains(where: CaseTable.isOne)
      || (inputs.contains { Folder.isFolder($0) == true } && !cases[0].isSeries)
    // A folder of slices is one case, and a name without an ending a folder, too.
    let isPlain =
      inputs.contains { Folder.isFolder($0) == true } && !lastComponent(output).contains(".")
    let isFolder =
      output.hasSuffix("/") || Folder.isFolder(output) == true || isCohort || isPlain
    guard isFolder else {
      do {
        _ = try ImageFormat(writtenPath: output)
      } catch {
        throw NNXError(
          .usage, "cannot write \(output): its ending names no image format that nnx writes",
          fixes: [
            "Give a name that ends in \(ImageFormat.allWrittenEndings.joined(separator: ", ")), or in .dcm for a series",
            "Or a folder (with a trailing /)",
          ])
      }
      segmentations = [output]
      self.folder = nil
      return
    }
    guard
      output.hasSuffix("/") || Folder.isFolder(output) == true
        || (ImageFormat.ending(of: output) == nil && !SEGOrigin.isTarget(output))
    else {
      let what = cases.count == 1 ? "the cases of a folder" : "\(cases.count) cases"
      throw NNXError(
        .usage, "the results of \(what) need a folder, and \(output) names a file",
        fixes: ["Give the name of a folder, as in -o segmentations/"])
    }
    let folder = Folder.trimmed(output)
    self.folder = isCohort ? folder : nil
    segmentations = cases.map { item in
      let ending = ending ?? ImageFormat.writtenEnding(forImage: item.images[0])
      return (folder == "/" ? "/" : folder + "/") + item.name + ending
    }
  }
}
