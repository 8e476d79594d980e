import NNXSystem

/// DICOM files, which nnx knows and does not read.
package enum DICOMFile {
  /// Whether a file begins as DICOM files do: 128 bytes of anything, then `DICM` (DICOM PS3.10, section 7.1).
  package static func isOne(_ path: String) -> Bool {
    guard let file = try? FileReader(path) else { return false }
    return (try? file.bytes(at: 128, count: 4)) == Array("DICM".utf8)
  }

  /// The error for such a file, or a folder of them.
  package static func refusal(_ path: String, folder: String) -> NNXError {
    NNXError(
      .unsupportedImage, "\(path) is DICOM, which nnx does not read yet",
      fixes: ["Convert the series to NIfTI: dcm2niix -z y -f scan -o . \(folder)"])
  }
}
