import Glibc
import NNXImage
import NNXSystem

/// The folders below a folder that hold images, such as one for each patient.
///
/// What lies below a folder with images is not looked into: labels and derivatives of a patient lie there
/// (`s0011/segmentations/liver.nii.gz` beside `s0011/ct.nii.gz`).
struct ImageTree {
  struct Branch: Equatable {
    /// As it can be opened.
    let path: String
    /// The same from the top of the tree.
    let place: String
    /// Files and folders in it, sorted, without hidden ones.
    let names: [String]
    /// Images whose names begin with a dot.
    let hidden: [String]
  }

  /// Sorted by their places.
  private(set) var branches: [Branch] = []
  /// Places that were not looked into, because the folder above holds images.
  private(set) var passedOver: [String] = []

  /// Folders within each other.
  private static let deepest = 12
  /// The folders that are being looked into, by device and inode: a link may lead up again.
  private var above: [[UInt64]] = []

  /// - Parameters:
  ///   - folder: the top, which holds no images itself.
  ///   - enters: which folders of the top are looked into.
  ///   - isImage: whether a file name is one of an image.
  init(
    _ folder: String, enters: (String) -> Bool = { _ in true }, isImage: (String) -> Bool
  ) throws(NNXError) {
    let top = Folder.trimmed(folder)
    above = [Self.identity(top)].compactMap(\.self)
    for name in try Folder.entries(top) where !name.hasPrefix(".") && enters(name) {
      try walk(top == "/" ? "/\(name)" : "\(top)/\(name)", name, depth: 1, isImage)
    }
  }

  private static func identity(_ path: String) -> [UInt64]? {
    SystemCall.status(of: path).map { [UInt64($0.st_dev), UInt64($0.st_ino)] }
  }

  private mutating func walk(
    _ path: String, _ place: String, depth: Int, _ isImage: (String) -> Bool
  ) throws(NNXError) {
    guard depth <= Self.deepest, Folder.isFolder(path) == true,
      let own = Self.identity(path), !above.contains(own)
    else { return }
    above.append(own)
    defer { above.removeLast() }
    let all = try Folder.entries(path)
    let names = all.filter { !$0.hasPrefix(".") }
    let folders = names.filter { ImageFormat.ending(of: $0) == nil }
    guard !names.contains(where: isImage) else {
      branches.append(
        Branch(path: path, place: place, names: names, hidden: PassedOver.hiddenImages(all)))
      passedOver += folders.filter { Folder.isFolder("\(path)/\($0)") == true }
        .map { "\(place)/\($0)" }
      return
    }
    for name in folders {
      try walk("\(path)/\(name)", "\(place)/\(name)", depth: depth + 1, isImage)
    }
  }
}
