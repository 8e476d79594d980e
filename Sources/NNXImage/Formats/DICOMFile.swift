import NNXSystem

/// DICOM files, which nnx knows and does not read.
package enum DICOMFile {
  /// Segmentation Storage (DICOM PS3.4, annex B.5), as it stands in a file's first bytes.
  private static let segmentationClass = Array("1.2.840.10008.5.1.4.1.1.66.4".utf8)

  /// Whether a file begins as DICOM files do: 128 bytes of anything, then `DICM` (DICOM PS3.10, section 7.1).
  package static func isOne(_ path: String) -> Bool {
    guard let file = try? FileReader(path) else { return false }
    return (try? file.bytes(at: 128, count: 4)) == Array("DICM".utf8)
  }

  /// Whether a DICOM file holds a segmentation: its meta information, which is never compressed and
  /// comes first, names the class.
  private static func isSegmentation(_ path: String) -> Bool {
    guard let file = try? FileReader(path),
      let head = try? file.bytes(at: 0, count: min(file.count, 1024))
    else { return false }
    return head.indices.contains { head[$0...].starts(with: segmentationClass) }
  }

  /// The error for such a file, or a folder of them.
  ///
  /// - Parameter folder: where the file's series lies.
  package static func refusal(_ path: String, folder: String) -> NNXError {
    guard !isSegmentation(path) else {
      return NNXError(
        .unsupportedImage, "\(path) is a DICOM segmentation, which nnx does not read yet",
        fixes: [
          "Convert it with dcmqi:",
          "segimage2itkimage --inputDICOM \(path) --outputDirectory . -t nii",
        ])
    }
    return NNXError(
      .unsupportedImage, "\(path) is DICOM, which nnx does not read yet",
      fixes: ["Convert the series to NIfTI: dcm2niix -z y -f scan -o . \(folder)"])
  }
}
