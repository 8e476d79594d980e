import NNXSystem
import TestSupport
import Testing

@testable import NNXImage

@Suite struct PicturesWritingTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func picture(_ labels: [Int]) -> Segmentation {
    Segmentation(
      labels: LabelMap([1, 3, 5], labels),
      geometry: Geometry(
        shape: [1, 3, 5], spacing: [999, 1, 1], origin: [0, 0, 0],
        direction: [1, 0, 0, 0, 1, 0, 0, 0, 1]), header: .picture(axes: 2))
  }

  @Test(arguments: ["png", "bmp", "tif", "tiff", "nii.gz", "nrrd", "mha"], [1, 17, 20])
  func labelsComeBack(_ ending: String, factor: Int) throws {
    let labels = (0..<15).map { $0 * factor }
    let path = folder.path + "/a." + ending
    guard ending != "bmp" || factor < 18 else {
      let error = #expect(throws: NNXError.self) {
        try writeSegmentation(picture(labels), to: path)
      }
      #expect(error?.code == .unsupportedImage)
      return
    }
    try writeSegmentation(picture(labels), to: path)
    let written = try readSegmentation(path)
    #expect(written.labels.labels == labels)
    #expect(written.geometry == picture(labels).geometry)
    #expect(written.header.axes == 2)
    let bytes = try folder.read(path)
    try writeSegmentation(written, to: path)
    #expect(try folder.read(path) == bytes)
  }

  @Test func aStackIsWrittenPageByPage() throws {
    let labels = (0..<30).map { $0 * 11 }
    let segmentation = Segmentation(
      labels: LabelMap([2, 3, 5], labels),
      geometry: Geometry(
        shape: [2, 3, 5], spacing: [1, 1, 1], origin: [0, 0, 0],
        direction: [1, 0, 0, 0, 1, 0, 0, 0, 1]), header: .picture(axes: 3))
    let path = folder.path + "/a.tif"
    try writeSegmentation(segmentation, to: path)
    #expect(try readSegmentation(path).labels.labels == labels)
    #expect(try readImages(path, as: .tiffVolume)[0].geometry.shape == [2, 3, 5])
  }

  /// What lies in a patient does not become a picture, which cannot say where.
  @Test(arguments: ["png", "bmp", "tif"])
  func aPlaceIsNotLost(_ ending: String) throws {
    let path = folder.path + "/a.nrrd"
    try writeSegmentation(picture(.init(repeating: 1, count: 15)), to: path)
    let error = #expect(throws: NNXError.self) {
      try writeSegmentation(readSegmentation(path), to: folder.path + "/b." + ending)
    }
    #expect(error?.code == .unsupportedImage)
    #expect(try folder.contents() == ["a.nrrd"])
  }

  @Test func aStackDoesNotBecomeOnePicture() throws {
    let segmentation = Segmentation(
      labels: LabelMap([2, 1, 1], [0, 1]),
      geometry: Geometry(
        shape: [2, 1, 1], spacing: [1, 1, 1], origin: [0, 0, 0],
        direction: [1, 0, 0, 0, 1, 0, 0, 0, 1]), header: .picture(axes: 3))
    let error = #expect(throws: NNXError.self) {
      try writeSegmentation(segmentation, to: folder.path + "/a.png")
    }
    #expect(error?.code == .unsupportedImage)
  }
}
