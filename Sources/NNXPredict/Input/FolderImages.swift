import NNXDICOM
import NNXImage
import NNXSystem

/// The images in one folder, and what lies there besides.
struct FolderImages {
  /// Paths, sorted by name, without results of nnx.
  let images: [String]
  /// Files that are results of nnx.
  let results: Int
  /// Files that a person may take for images, and that are not read.
  let unread: [String]
  /// Folders in it.
  let folders: [String]

  /// - Parameters:
  ///   - path: of the folder, without a slash at its end.
  ///   - names: of all that is in it, without hidden ones.
  ///   - reader: nnU-Net's reader of the model's images, if known.
  init(_ path: String, names: [String], _ reader: ImageReader?) {
    let all = Self.imageNames(names, reader)
    let earlier = EarlierResults(path, names: names)
    let images = all.filter { !earlier.contains($0) }
    results = all.count - images.count
    self.images = images.map { path == "/" ? "/\($0)" : "\(path)/\($0)" }
    folders = names.filter {
      ImageFormat.ending(of: $0) == nil && Folder.isFolder("\(path)/\($0)") == true
    }
    let known = Set(names.filter { ImageFormat.ending(of: $0) != nil } + folders)
    unread = names.filter { !known.contains($0) && Self.looksLikeImage("\(path)/\($0)", $0) }
  }

  /// The images among the files of a folder: pictures only where the model reads them, or, when that is
  /// not known, where there is nothing else.
  static func imageNames(_ names: [String], _ reader: ImageReader?) -> [String] {
    let images = names.filter { ImageFormat.ending(of: $0) != nil }
    let scans = images.filter { (try? ImageFormat(path: $0))?.isPicture == false }
    guard let reader else { return scans.isEmpty ? images : scans }
    return reader.takesPictures ? images : scans
  }

  /// Whether a person may take a file for an image: by endings that others write, copies with a number, or
  /// because it is DICOM.
  private static func looksLikeImage(_ path: String, _ name: String) -> Bool {
    let small = name.lowercased()
    let endings = [".img", ".hdr", ".mgz", ".mgh", ".dcm", ".ima", ".dicom", ".mnc"]
    return small.contains(".nii") || small.contains(".nrrd") || small.contains(".mha")
      || endings.contains(where: small.hasSuffix) || DICOMFile.isOne(path)
  }
}

/// What a person should know of files that are no cases, one line each.
enum PassedOver {
  static func results(_ count: Int, in place: String) -> String? {
    guard count > 0 else { return nil }
    return "\(counted(count, "result")) of nnx in \(place): passed over"
  }

  static func folders(_ folders: [String], in place: String) -> String? {
    guard !folders.isEmpty else { return nil }
    let count = counted(folders.count, "folder")
    return "\(count) in \(place), not looked into: \(list(folders, 3))"
  }

  static func unread(_ files: [String], in place: String) -> String? {
    guard !files.isEmpty else { return nil }
    let what = counted(files.count, "file")
    let verb = files.count == 1 ? "looks like an image" : "look like images"
    return "\(what) in \(place) that \(verb), not read for what the name ends in: \(list(files, 5))"
  }

  static func hidden(_ files: [String], in place: String) -> String? {
    guard !files.isEmpty else { return nil }
    return "\(counted(files.count, "hidden image")) in \(place), passed over: \(list(files, 5))"
  }

  /// Images among all files of a folder whose names begin with a dot; macOS writes `._NAME` beside files, which are
  /// none.
  static func hiddenImages(_ names: [String]) -> [String] {
    names.filter {
      $0.hasPrefix(".") && !$0.hasPrefix("._") && ImageFormat.ending(of: $0) != nil
    }
  }

  private static func list(_ names: [String], _ most: Int) -> String {
    names.prefix(most).joined(separator: ", ") + (names.count > most ? ", …" : "")
  }
}
