import NNXDICOM
import NNXImage
import NNXSystem

/// What the name of an image's file tells.
struct ImageName: Equatable {
  let path: String
  /// The file's name.
  let file: String
  /// The same without its ending.
  let stem: String
  /// `case` of `case_0001.nii.gz`; `nil` where no four digits stand at the end.
  let family: String?
  /// 1 of `case_0001.nii.gz`; -1 where no four digits stand at the end.
  let number: Int

  init(_ path: String) {
    self.path = path
    // A series is called by the folder, file or zip that it lies in.
    let place = path.contains("#") ? SeriesAddress(path)?.path ?? path : path
    let last = place.split(separator: "/").last.map(String.init) ?? place
    // These two are no name of a folder, and would hide what is called by it.
    let name = [".", ".."].contains(last) ? lastComponent(Folder.absolute(place)) : last
    let ending =
      [".zip", ".dcm"].first { name.lowercased().hasSuffix($0) } ?? ImageFormat.ending(of: name)
    (file, stem) = (name, String(name.dropLast(ending?.count ?? 0)))
    let digits = stem.suffix(4)
    guard digits.count == 4, digits.allSatisfy({ $0.isASCII && $0.isNumber }),
      stem.dropLast(4).last == "_", stem.count > 5, let number = Int(digits)
    else {
      (family, number) = (nil, -1)
      return
    }
    (family, self.number) = (String(stem.dropLast(5)), number)
  }

  /// `_0001`.
  static func suffix(_ number: Int) -> String {
    "_" + String(repeating: "0", count: max(0, 4 - String(number).count)) + String(number)
  }
}
