import NNXSystem
import NNXTensor
import TestSupport
import Testing

@testable import NNXImage

/// How nnx knows an image of its own that nobody edited.
@Suite struct ImageMarkTests {
  private func write(_ name: String, in folder: TemporaryFolder) throws -> String {
    let labels = LabelMap([2, 3, 4], (0..<24).map { $0 % 3 })
    let geometry = Geometry(
      shape: labels.shape, spacing: [1, 1, 1], origin: [0, 0, 0],
      direction: [1, 0, 0, 0, 1, 0, 0, 0, 1])
    let path = "\(folder.path)/\(name)"
    try writeSegmentation(
      Segmentation(
        labels: labels, geometry: geometry, header: .nifti(NIfTIHeader(geometry, axes: 3))),
      to: path, description: ImageMark.description)
    return path
  }

  /// Whatever byte is changed.
  @Test(arguments: ["a.nii.gz", "a.nii", "a.nrrd", "a.mha", "a.gipl"])
  func whatConvertWroteIsKnownUntilSomebodyChangesIt(_ name: String) throws {
    let folder = try TemporaryFolder()
    let path = try write(name, in: folder)
    #expect(ImageMark.author(path) == .nnx)
    let bytes = try folder.read(path)
    for place in [3, 60, bytes.count / 2, bytes.count - 1] {
      var edited = bytes
      edited[place] ^= 1
      #expect(ImageMark.author(try folder.write(name, edited)) != .nnx, "byte \(place)")
    }
    #expect(ImageMark.author(try folder.write(name, bytes + [0])) == .changed)
  }

  /// nibabel and ITK-SNAP keep the line that describes a file when they save what somebody edited.
  @Test func whatSomebodyEditedIsNotOurs() throws {
    let folder = try TemporaryFolder()
    let path = try write("a.nii.gz", in: folder)
    var bytes = try #require(gunzipped(folder.read(path)))
    bytes[bytes.count - 1] = 2
    let edited = try folder.write("b.nii.gz", gzipped(bytes))
    #expect(try readSegmentation(edited).labels.labels.last == 2)
    #expect(ImageMark.author(edited) == .changed)
  }

  @Test func imagesHaveTheMark() throws {
    let folder = try TemporaryFolder()
    let image = try readImage(write("a.nii.gz", in: folder))
    let path = folder.path + "/c.nii.gz"
    try writeImage(image, to: path, description: ImageMark.description)
    #expect(ImageMark.author(path) == .nnx)
    #expect(try readImage(path).geometry == image.geometry)
    try writeImage(image, to: path)
    #expect(ImageMark.author(path) == .someone)
  }
}
