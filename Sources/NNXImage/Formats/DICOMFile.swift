import NNXDICOM

/// DICOM files, told by how they begin.
package enum DICOMFile {
  /// Whether the file at `path` begins as DICOM files do.
  package static func isOne(_ path: String) -> Bool { DICOMStart.isOne(path) }

  /// Whether there is DICOM at a path or an address: a folder that holds some, a file, a zip, `PATH#SERIES`.
  static func isThere(_ path: String) -> Bool {
    SeriesAddress(path).map { $0.series != nil || $0.holdsDICOM } ?? false
  }
}
