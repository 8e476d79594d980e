import NNXSystem

/// The file beside a stack of TIFF pages that tells its spacing: `case.json` for `case_0000.tif`
/// (Tiff3DIO of nnunetv2/imageio/tif_reader_writer.py), or one of the image's own name, so that a number
/// that tells patients apart need not be a channel's.
package enum SpacingFile {
  /// Where the spacing of a TIFF volume is looked for.
  package static func path(forImage path: String) -> String {
    var stem = String(path.dropLast(ImageFormat.ending(of: path)?.count ?? 0))
    let digits = stem.suffix(4)
    if Folder.isFolder(stem + ".json") != false, digits.count == 4,
      digits.allSatisfy({ $0.isASCII && $0.isNumber }), stem.dropLast(4).last == "_"
    {
      stem.removeLast(5)
    }
    return stem + ".json"
  }

  /// - Parameter shape: of the stack, `(z, y, x)`.
  /// - Returns: spacing along `(z, y, x)`, in the file's own order and unit, taken as mm; 1 without a
  ///   file, with a remark.
  /// - Throws: `broken-image` when there is a file and it names no spacing.
  static func read(
    forImage path: String, shape: [Int]
  ) throws(NNXError) -> (spacing: [Double], remarks: [String]) {
    let file = SpacingFile.path(forImage: path)
    guard Folder.isFile(file) else {
      return ([1, 1, 1], ["there is no \(file) with its spacing; 1 mm along each axis is assumed"])
    }
    let spacing = (try OrderedJSON(contentsOf: file))["spacing"]?.array?.compactMap(\.double)
    guard let spacing, spacing.count == 3 else {
      throw .badHeader(file, "it should hold {\"spacing\": [z, y, x]}, for \(path)")
    }
    try GridBounds.check(spacing: spacing, extents: shape, "spacing", path: file)
    return (spacing, [])
  }

  /// The file that a segmentation needs beside it, as `Tiff3DIO.write_seg` writes one.
  ///
  /// - Returns: `nil` where it is no TIFF volume, or where the image's own file serves both.
  package static func needed(
    for segmentation: String, of image: String, reader: ImageReader?
  ) -> String? {
    guard ImageFormat(ending: segmentation) == .tiff,
      (try? ImageFormat(path: image)) == .tiff,
      (try? TIFFFile.isVolume(image, reader)) == true
    else { return nil }
    let own = ResultFile.spacing.path(of: segmentation)
    let identity = FileIdentity(SpacingFile.path(forImage: image))
    return identity != nil && FileIdentity(own) == identity ? nil : own
  }

  /// - Parameter spacing: along `(z, y, x)`, in mm.
  /// - Throws: `cannot-write`, `no-space`.
  package static func write(_ spacing: [Double], to path: String) throws(NNXError) {
    let content: OrderedJSON = ["spacing": OrderedJSON(spacing)]
    try AtomicFile.write(content.text(pretty: true) + "\n", to: path)
  }
}
