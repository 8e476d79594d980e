import NNXImage
import NNXSystem

/// The error for a folder without images: what is there instead, and what to do.
enum NoImages {
  /// - Parameters:
  ///   - names: of the files and folders in it.
  ///   - model: for the command to type.
  static func error(in folder: String, names: [String], model: String) -> NNXError {
    let folders = names.filter { Folder.isFolder("\(folder)/\($0)") == true }
    if let first = folders.first {
      return patientFolders(folders, first: first, in: folder, model: model)
    }
    var kinds: [String: Int] = [:]
    for name in names {
      let kind = name.lastIndex(of: ".").map { String(name[$0...]) } ?? "without ending"
      kinds[kind, default: 0] += 1
    }
    let seen = kinds.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(4)
      .map { "\($0.value) \($0.key)" }
    return NNXError(
      .noImages,
      "no image in \(folder): "
        + (seen.isEmpty ? "it is empty" : "saw " + seen.joined(separator: ", ")),
      details: ["images end in \(ImageFormat.allEndings.joined(separator: ", "))"],
      fixes: ["Give a folder with such files, or the files themselves"])
  }

  /// A folder for each patient, as TotalSegmentator's data and DICOM archives have them.
  private static func patientFolders(
    _ folders: [String], first: String, in folder: String, model: String
  ) -> NNXError {
    let shown = folders.prefix(3).joined(separator: ", ") + (folders.count > 3 ? ", …" : "")
    let what = folders.count == 1 ? "a folder" : "\(folders.count) folders"
    let inside = ((try? Folder.entries("\(folder)/\(first)")) ?? []).filter { !$0.hasPrefix(".") }
    var details = ["nnx looks for images in the folder itself, not in those inside of it"]
    var fixes: [String]
    if let image = inside.first(where: { ImageFormat.ending(of: $0) != nil }) {
      details.append("\(first) holds \(image)")
      fixes = [
        "Predict them one by one:",
        "for p in \(folder)/*/; do nnx predict -m \(model) -i \"${p}\(image)\" "
          + "-o segmentations/\"$(basename \"$p\")\".nii.gz; done",
      ]
    } else {
      fixes = ["Give the folder that holds the images, or the images themselves"]
    }
    return NNXError(
      .noImages, "no image in \(folder): it holds \(what) (\(shown))", details: details,
      fixes: fixes)
  }

  /// The error for a folder in which all images are results of nnx.
  static func onlyResults(in folder: String) -> NNXError {
    NNXError(
      .noImages, "no image in \(folder): all it holds are results of nnx",
      details: ["the records beside them say so"],
      fixes: ["Give the folder of the scans, or the files themselves, each with -i"])
  }
}

extension NNXError.Code {
  static let noImages = NNXError.Code("no-images", .notFound)
}
