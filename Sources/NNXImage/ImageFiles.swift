import NNXSystem

/// The files besides `path` that an image lies in: the voxels of an `.mhd` or `.nhdr`, and the file that tells
/// the spacing of a TIFF volume. Paths that exist; none for an image that cannot be read.
package func furtherFiles(ofImage path: String) -> [String] {
  var files: [String] = []
  switch try? ImageFormat(path: path) {
  case .meta: files = (try? MetaFile(path).voxels.path).map { [$0] } ?? []
  case .nrrd: files = (try? NRRDFile(path).voxels.path).map { [$0] } ?? []
  case .tiff: files = [SpacingFile.path(forImage: path)]
  default: break
  }
  return files.filter { $0 != path && Folder.isFile($0) }
}
