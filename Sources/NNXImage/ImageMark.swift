import NNXSystem

/// How nnx knows images that `nnx convert` wrote: by the line that describes them.
package enum ImageMark {
  static let description = "nnx convert"

  package static func author(_ path: String) -> OutputPlan.Author {
    let line: String
    switch try? ImageFormat(path: path) {
    case .nifti:
      guard let header = try? NIfTIFile(path).header, header.version == .one else {
        return .someone
      }
      line = String(decoding: header.bytes[148..<148 + 80], as: UTF8.self)
    case .nrrd, .meta:
      let bytes = try? FileReader(path).bytes(at: 0, count: min(2048, FileReader(path).count))
      line = String(decoding: bytes ?? [], as: UTF8.self)
    default: return .someone
    }
    return line.contains(description) ? .nnx : .someone
  }
}
