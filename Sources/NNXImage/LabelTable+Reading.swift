import NNXSystem

/// Reads what the values of a segmentation stand for, and none of its voxels; empty where the file does
/// not tell.
///
/// - Throws: as `readImages`.
package func readLabelTable(_ path: String) throws(NNXError) -> LabelTable {
  guard try ImageFormat(path: path) == .nifti else { return LabelTable() }
  return try NIfTIFile(path, nil).table
}
