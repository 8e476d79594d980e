import NNXSystem

/// The file beside a stack of TIFF pages that tells its spacing: `case.json` for `case_0000.tif`
/// (Tiff3DIO of nnunetv2/imageio/tif_reader_writer.py), or one of the image's own name, so that a number
/// that tells patients apart need not be a channel's.
enum SpacingFile {
  /// - Returns: spacing along `(z, y, x)`, in the file's own order and unit, taken as mm; 1 without a
  ///   file, with a remark.
  /// - Throws: `broken-image` when there is a file and it names no spacing.
  static func read(
    forImage path: String
  ) throws(NNXError) -> (spacing: [Double], remarks: [String]) {
    var stem = String(path.dropLast(ImageFormat.ending(of: path)?.count ?? 0))
    let digits = stem.suffix(4)
    if Folder.isFolder(stem + ".json") != false, digits.count == 4,
      digits.allSatisfy({ $0.isASCII && $0.isNumber }), stem.dropLast(4).last == "_"
    {
      stem.removeLast(5)
    }
    let file = stem + ".json"
    guard Folder.isFolder(file) == false else {
      return ([1, 1, 1], ["there is no \(file) with its spacing; 1 mm along each axis is assumed"])
    }
    let spacing = (try OrderedJSON(contentsOf: file))["spacing"]?.array?.compactMap(\.double)
    guard let spacing, spacing.count == 3 else {
      throw .badHeader(file, "it should hold {\"spacing\": [z, y, x]}, for \(path)")
    }
    try checkSpacing(spacing, "spacing", path: file)
    return (spacing, [])
  }
}
