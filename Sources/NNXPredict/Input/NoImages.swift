import NNXImage
import NNXSystem

/// The error for a folder without images: what is there instead, and what to do.
enum NoImages {
  /// - Parameter names: of the files and folders in it.
  static func error(in folder: String, names: [String]) -> NNXError {
    let folders = names.filter { Folder.isFolder("\(folder)/\($0)") == true }
    guard folders.isEmpty else { return foldersOnly(folders, in: folder) }
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
      details: [endings],
      fixes: ["Give a folder with such files, or the files themselves"])
  }

  private static var endings: String {
    "images are DICOM, or end in \(ImageFormat.allEndings.joined(separator: ", "))"
  }

  /// Folders that hold no images either.
  private static func foldersOnly(_ folders: [String], in folder: String) -> NNXError {
    let shown = folders.prefix(3).joined(separator: ", ") + (folders.count > 3 ? ", …" : "")
    let what = folders.count == 1 ? "a folder" : "\(folders.count) folders"
    return NNXError(
      .noImages, "no image in \(folder): it holds \(what) (\(shown)), and none in these",
      details: [endings],
      fixes: ["Give the folder that holds the images, or the images themselves"])
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
