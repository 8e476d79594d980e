import NNXSystem

/// How nnx knows images that `nnx convert` wrote: by the line that describes them.
///
/// Programs that save an edited NIfTI file keep the line (nibabel, ITK-SNAP); so it counts only where the file was
/// packed by nnx, as a comment before the packed bytes says, which nobody who packs anew repeats. Other libraries
/// drop the comments of NRRD and MetaImage.
package enum ImageMark {
  static let description = "nnx convert"

  /// What a gzip member of a file of this description begins with.
  static func comment(_ description: String) -> String? {
    description == Self.description ? description : nil
  }

  package static func author(_ path: String) -> OutputPlan.Author {
    let line: String
    switch try? ImageFormat(path: path) {
    case .nifti:
      guard let header = try? NIfTIFile(path).header, header.version == .one else {
        return .someone
      }
      line = String(decoding: header.bytes[148..<148 + 80], as: UTF8.self)
      guard line.contains(description) else { return .someone }
      guard path.lowercased().hasSuffix(".gz") else { return .untold }
      let mark = gzipStart(description)
      return (try? FileReader(path).bytes(at: 0, count: mark.count)) == mark ? .nnx : .changed
    case .nrrd, .meta:
      let bytes = try? FileReader(path).bytes(at: 0, count: min(2048, FileReader(path).count))
      line = String(decoding: bytes ?? [], as: UTF8.self)
    default: return .someone
    }
    return line.contains(description) ? .nnx : .someone
  }
}
