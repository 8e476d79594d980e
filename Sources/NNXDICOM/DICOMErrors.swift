import NNXSystem

extension NNXError.Code {
  /// A DICOM file that is damaged, or says of itself what cannot be true.
  package static let brokenDICOM = NNXError.Code("broken-dicom", .data)
  /// DICOM of a kind that nnx does not read.
  package static let unsupportedDICOM = NNXError.Code("unsupported-dicom", .data)
  /// No series, several of them, or none of that name.
  package static let series = NNXError.Code("which-series", .data)
  /// Slices that are no volume: missing, twice, uneven, tilted, of several kinds.
  package static let slices = NNXError.Code("slices", .data)
}

extension NNXError {
  static func brokenDICOM(_ path: String, _ detail: String) -> NNXError {
    NNXError(
      .brokenDICOM, "\(path) cannot be read", details: [detail],
      fixes: ["Copy or export the file again"])
  }
}
