import NNXSystem
import TestSupport
import Testing

@testable import NNXImage

/// Files that are not what their names say are called what they are.
@Suite struct FileContentsTests {
  private static let nrrd = Array("NRRD0004\ntype: short\n\n".utf8)
  private static let page = Array("\n<!DOCTYPE html><html><body>Sign in</body></html>".utf8)
  private static let pointer = Array(
    "version https://git-lfs.github.com/spec/v1\noid sha256:1\n".utf8)
  private static let dicom = [UInt8](repeating: 0, count: 128) + Array("DICM".utf8) + [2, 0, 0, 0]
  private static let padding = [UInt8](repeating: 0, count: 400)

  @Test(arguments: [
    ("a.nii", gzipped(NIfTIBuilder().file), "a.nii is a gzip file, whatever its name says"),
    ("a.nii.gz", NIfTIBuilder().file, "a.nii.gz is a NIfTI file, whatever its name says"),
    ("a.nii.gz", gzipped(gzipped(NIfTIBuilder().file) + padding), "a.nii.gz is compressed twice"),
    ("a.nii.gz", nrrd, "a.nii.gz is an NRRD file, whatever its name says"),
    ("a.nii", nrrd + padding, "a.nii is an NRRD file, whatever its name says"),
    (
      "a.nii.gz", Array("PK\u{3}\u{4}".utf8) + padding,
      "a.nii.gz is a zip archive, whatever its name says"
    ),
    ("a.nii.gz", page, "a.nii.gz is a web page, whatever its name says"),
    ("a.nii", page, "a.nii is a web page, whatever its name says"),
    ("a.nii.gz", pointer, "a.nii.gz is a pointer of Git LFS, whatever its name says"),
    ("a.nii", dicom + padding, "a.nii is DICOM, whatever its name says"),
    ("a.nrrd", NIfTIBuilder().file, "a.nrrd is a NIfTI file, whatever its name says"),
    ("a.mha", nrrd, "a.mha is an NRRD file, whatever its name says"),
    ("a.gipl", NIfTIBuilder().file, "a.gipl is a NIfTI file, whatever its name says"),
    ("a.png", page, "a.png is a web page, whatever its name says"),
    ("a.tif", page, "a.tif is a web page, whatever its name says"),
    ("a.nii.gz", Array("something else".utf8), "a.nii.gz is not a gzip file"),
  ])
  func filesAreCalledWhatTheyAre(name: String, bytes: [UInt8], message: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(name, bytes)
    let error = #expect(throws: NNXError.self) { try readImage(path) }
    #expect(error?.message == folder.path + "/" + message)
    #expect(error?.fixes.isEmpty == false)
  }

  @Test func twiceCompressedIsToBeUnpackedOnce() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("a.nii.gz", gzipped(gzipped(NIfTIBuilder().file + Self.padding)))
    let error = #expect(throws: NNXError.self) { try readImage(path) }
    #expect(error?.fixes == ["Unpack it once: gunzip < \(path) > once.nii.gz"])
  }
}
