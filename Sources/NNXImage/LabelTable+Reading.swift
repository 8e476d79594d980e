import NNXSystem

/// Reads what the values of a segmentation stand for, and none of its voxels; empty where the file does
/// not tell.
///
/// - Throws: as `readImages`.
package func readLabelTable(_ path: String) throws(NNXError) -> LabelTable {
  switch try ImageFormat(path: path) {
  case .nifti: return try NIfTIFile(path, nil).table
  case .nrrd: return NRRDSegments.table(try NRRDFile(path).header.keys)
  case .meta, .gipl, .png, .bmp, .tiff, .dicom: return LabelTable()
  }
}
