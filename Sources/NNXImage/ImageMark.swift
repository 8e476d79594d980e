import NNXSystem

/// How nnx knows images that `nnx convert` wrote, and that nobody changed them: by the line that describes them, which
/// holds a seal (`FileSeal`).
///
/// Programs that save an edited file may keep the line; the seal is broken then.
package enum ImageMark {
  static let description = "\(program), \(FileSeal.blank)"
  private static let program = "nnx convert"

  static func isSealed(_ description: String) -> Bool { description == Self.description }

  /// What a gzip member of a file of this description begins with: the line lies inside, packed.
  static func comment(_ description: String) -> String? {
    isSealed(description) ? description : nil
  }

  package static func author(_ path: String) -> OutputPlan.Author {
    if let isWhole = FileSeal.isWhole(path) { return isWhole ? .nnx : .changed }
    // Packed anew, or without a seal.
    guard (try? ImageFormat(path: path)) == .nifti, let header = try? NIfTIFile(path).header else {
      return .someone
    }
    let text = String(decoding: header.bytes, as: UTF8.self)
    return text.contains(FileMark.sealName) ? .changed : .someone
  }
}
