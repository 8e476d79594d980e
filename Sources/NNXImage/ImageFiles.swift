import NNXDICOM
import NNXSystem

/// The files besides `path` that an image lies in: the voxels of an `.mhd` or `.nhdr`, and the file that tells
/// the spacing of a TIFF volume. Paths that exist; none for an image that cannot be read, and for DICOM.
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

/// All files on disk that an image lies in; of DICOM those of the series' slices.
///
/// - Throws: what finding a series throws.
package func allFiles(ofImage path: String) throws(NNXError) -> [String] {
  guard try ImageFormat(path: path) == .dicom else { return [path] + furtherFiles(ofImage: path) }
  guard let address = SeriesAddress(path) else { return [] }
  let (_, volume) = try DICOMScan.of(address.path).volume(address)
  return volume.files
}

/// The digest of an image's file; of a series, that of the digests of its files in the order of their names.
///
/// - Throws: what finding a series and taking digests throws.
package func imageDigest(
  _ path: String
) throws(NNXError) -> String {
  guard (try? ImageFormat(path: path)) == .dicom else { return try Digest.ofFile(path, .sha256) }
  let digests = try allFiles(ofImage: path).map { (file) throws(NNXError) in
    try Digest.ofFile(file, .sha256)
  }
  return Digest.sha256(digests.joined(separator: "\n"))
}
