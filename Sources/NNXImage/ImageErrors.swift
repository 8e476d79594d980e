import NNXSystem

extension NNXError.Code {
  /// The file is damaged, or says of itself what cannot be true.
  package static let brokenImage = NNXError.Code("broken-image", .data)
  /// A file that may be sound but is of a kind that nnx does not read.
  package static let unsupportedImage = NNXError.Code("unsupported-image", .data)
  /// The position of the voxels in the patient is unusable.
  package static let geometry = NNXError.Code("geometry", .data)
  /// More memory is needed than the machine has.
  package static let memory = NNXError.Code("memory", .memory)
  /// Nothing of the image is left at a spacing.
  package static let emptyGrid = NNXError.Code("empty-grid", .data)
  /// More of it would be there than can be counted.
  package static let endlessGrid = NNXError.Code("endless-grid", .data)
  /// Voxels that are no numbers.
  package static let notFinite = NNXError.Code("not-finite", .data)
}

extension NNXError {
  /// A file that ends before its content does.
  static func cutOff(_ path: String, _ detail: String) -> NNXError {
    NNXError(
      .brokenImage, "\(path) is cut off", details: [detail],
      fixes: ["Copy, download or export the file again"])
  }

  /// A kind of file that is not written.
  static func noWriter(_ path: String, _ format: ImageFormat) -> NNXError {
    guard format != .dicom else {
      return NNXError(
        .unsupportedImage, "cannot write \(path): of DICOM nnx writes segmentations alone",
        fixes: [
          "If these are labels, name their series: nnx convert LABELS -o x.dcm --like SERIES",
          "Or write NIfTI (.nii.gz), NRRD (.nrrd) or MetaImage (.mha)",
        ])
    }
    return NNXError(
      .unsupportedImage, "cannot write \(path): nnx writes no \(format.rawValue) of this",
      fixes: ["Write NIfTI (.nii.gz), NRRD (.nrrd) or MetaImage (.mha)"])
  }

  /// A file whose bytes contradict each other.
  static func damaged(_ path: String, _ detail: String) -> NNXError {
    NNXError(
      .brokenImage, "\(path) is damaged", details: [detail],
      fixes: ["Copy, download or export the file again"])
  }

  /// A header that says what cannot be.
  static func badHeader(_ path: String, _ detail: String) -> NNXError {
    NNXError(
      .brokenImage, "\(path) has a header that cannot be right", details: [detail],
      fixes: ["Export the image again, or mend the header with the program that wrote it"])
  }
}
